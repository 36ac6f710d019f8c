import Catalogue
import HTTP
import Platform
import TestSupport
import Testing

@testable import SubscriberService

/// Publishers and networks that fail: nothing wrong is served or kept, and what can be had is had.
@Suite(.patient) struct TransferFaultTests {
    static let content = noise(5_000_000, seed: 4)

    static func with(
        silence: Duration = Patience.limit, _ body: @Sendable (Network, TestSubscriber) async throws -> Void
    ) async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber { $0.fetchTimeout = silence }
            try await network.publish("a.bin", content)
            try await subscriber.waitForList(["a.bin"])
            try await body(network, subscriber)
        }
    }

    @Test func aChunkThatFailsItsDigestIsFetchedAgain() async throws {
        try await Self.with { network, subscriber in
            network.publisher.suffer(.wrongByte(at: 1_500_000))
            let bytes = try await subscriber.bytes("a.bin")
            let status = try await subscriber.status()
            #expect(bytes == Self.content)
            #expect(status.transfers.rejectedChunks == 1)
            #expect(network.publisher.dataBytes == Self.content.count + (1 << 20))
        }
    }

    @Test func aChunkThatStaysWrongIsReportedWithItsOffsetAndNeverServed() async throws {
        try await Self.with { network, subscriber in
            network.publisher.alwaysSuffer(.wrongByte(at: 1_500_000))
            let answer = try await subscriber.get(
                "/api/download/foo/a.bin", headers: ["Range": "bytes=1048576-2097151"])
            #expect(answer.status == 502 && answer.text.contains("1048576"), "\(answer.text)")
            _ = try await subscriber.progress("a.bin")
            try await subscriber.wait("the download says why it fails") {
                let progress = try await subscriber.progress("a.bin")
                return progress.state == "failed" && progress.error?.contains("1048576") == true
            }
            // Whoever reads what is right elsewhere gets it.
            let right = try await subscriber.get("/api/download/foo/a.bin", headers: ["Range": "bytes=3000000-3000009"])
            #expect(right.body == Array(Self.content[3_000_000..<3_000_010]))
            // Once the source is sound again, the download completes by itself.
            network.publisher.alwaysSuffer(nil)
            try await subscriber.download("a.bin")
            #expect(try subscriber.file("a.bin") == Self.content)
        }
    }

    @Test(arguments: [0, 1, 700_000, 3 << 20])
    func aConnectionThatIsCutIsTakenUpWhereItBroke(count: Int) async throws {
        try await Self.with { network, subscriber in
            network.publisher.suffer(.cut(after: count))
            _ = try await subscriber.progress("a.bin")
            try await subscriber.download("a.bin")
            #expect(try subscriber.file("a.bin") == Self.content)
            // What came is kept, but for what the reset connection had not delivered yet.
            #expect(network.publisher.dataBytes <= Self.content.count + max(count, 1 << 20))
        }
    }

    @Test func aSilentPublisherIsATimeoutForReaders() async throws {
        try await Self.with(silence: .milliseconds(300)) { network, subscriber in
            network.publisher.alwaysSuffer(.stall(after: 0))
            let answer = try await subscriber.get("/api/download/foo/a.bin", headers: ["Range": "bytes=0-700000"])
            #expect(answer.status == 504, "\(answer.text)")
            #expect(try await subscriber.list().count == 1, "others are answered")
            network.publisher.gate.open()
        }
    }

    @Test func aPublisherThatAnswersAnythingIsNotBelieved() async throws {
        try await Self.with { network, subscriber in
            for fault in [HandMadePublisher.Fault.ignoresRange, .status(500), .status(206), .tooMuch] {
                network.publisher.alwaysSuffer(fault)
                let answer = try await subscriber.get(
                    "/api/download/foo/a.bin", headers: ["Range": "bytes=1048576-2097151"])
                if answer.status == 206 {
                    #expect(answer.body == Array(Self.content[1_048_576..<2_097_152]), "\(fault)")
                } else {
                    #expect((500...599).contains(answer.status) && answer.text.contains("detail"), "\(fault)")
                }
            }
            network.publisher.alwaysSuffer(nil)
            #expect(try await subscriber.bytes("a.bin") == Self.content)
        }
    }

    @Test func aReaderThatLeavesStopsNobodyElse() async throws {
        try await Self.with { network, subscriber in
            network.publisher.suffer(.stall(after: 1 << 20))
            let reader = Task { try await subscriber.bytes("a.bin") }
            try await Eventually.holds("the transfer is under way") { network.publisher.dataBytes > 0 }
            async let other = subscriber.bytes("a.bin")
            reader.cancel()
            network.publisher.gate.open()
            #expect(try await other == Self.content)
        }
    }

    @Test func whatIsHeldIsServedWhenAllOthersAreGone() async throws {
        try await Self.with { network, subscriber in
            try await network.publish("b.bin", noise(2_000_000, seed: 5))
            try await subscriber.waitForList(["a.bin", "b.bin"])
            try await subscriber.download("a.bin")
            await network.stopPublisher()
            await network.stopBroker()
            try await subscriber.wait("it knows that the broker is gone") {
                try await !subscriber.status().broker.connected
            }
            let held = try await subscriber.get("/api/download/foo/a.bin")
            #expect(held.body == Self.content && held.headers["Age"] != nil)
            #expect(held.headers["Cache-Status"]?.contains("broker-unreachable") == true)
            let missing = try await subscriber.get("/api/download/foo/b.bin")
            #expect(missing.status == 503 && missing.text.contains("detail"))
            // And after a restart: the catalogue and the mirrors are on disk.
            await subscriber.stop()
            let again = try await network.subscriber()
            #expect(try await again.list() == ["foo/a.bin", "foo/b.bin"])
            #expect(try await again.bytes("a.bin") == Self.content)
        }
    }

    @Test func theLastVersionIsServedAsStaleWhenTheNewOneCannotBeHad() async throws {
        try await Self.with { network, subscriber in
            try await subscriber.download("a.bin")
            let version = try await network.publish("a.bin", noise(100, seed: 6))
            try await subscriber.wait("it is stale") { try await subscriber.info()["foo/a.bin"]?.stale == true }
            network.publisher.remove(version)
            await network.stopPublisher()
            let answer = try await subscriber.get("/api/download/foo/a.bin")
            #expect(answer.status == 200 && answer.body == Self.content)
            #expect(answer.headers["Cache-Status"]?.contains("stale") == true && answer.headers["Age"] != nil)
        }
    }
}

import Catalogue
import HTTP
import Platform
import TestSupport
import Testing

@testable import SubscriberService

/// Reading through a subscriber, with a publisher that does what it should.
@Suite(.patient) struct DownloadTests {
    static let content = noise(5_000_000, seed: 1)

    @Test func whatIsPublishedIsListedAndDownloadedByteForByte() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("a.bin", Self.content)
            try await network.publish("empty", [])
            try await subscriber.waitForList(["a.bin", "empty"])
            try await subscriber.download("a.bin")
            try await subscriber.download("empty")
            #expect(try subscriber.file("a.bin") == Self.content)
            #expect(try subscriber.file("empty") == [])
            #expect(network.publisher.dataBytes == Self.content.count)
            #expect(try await subscriber.bytes("a.bin") == Self.content)
            #expect(try await subscriber.bytes("empty") == [])
            #expect(network.publisher.dataBytes == Self.content.count, "what is held is not fetched again")
        }
    }

    @Test func aColdReadFlowsThroughWhileTheRestIsNotThereYet() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("a.bin", Self.content)
            try await subscriber.waitForList(["a.bin"])
            network.publisher.alwaysSuffer(.stall(after: 3 << 20))
            let gate = network.publisher.gate
            let received = Recorder<UInt8>()
            _ = try await subscriber.client.receive(.init(url: subscriber.url + "/api/download/foo/a.bin")) { _ in
            } onBytes: { bytes in
                let count = received.append(contentsOf: [UInt8](copying: bytes)).count
                // Three chunks of the five have come: that they are here before the gate opens is the point.
                if count >= 3 << 20 { gate.open() }
            }
            #expect(received.all == Self.content)
        }
    }

    @Test func rangesOfAColdDatasetFetchOnlyTheirBlocks() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("a.bin", Self.content)
            try await subscriber.waitForList(["a.bin"])
            let answer = try await subscriber.get(
                "/api/download/foo/a.bin", headers: ["Range": "bytes=2100000-2100099"])
            #expect(answer.status == 206 && answer.body == Array(Self.content[2_100_000..<2_100_100]))
            #expect(network.publisher.dataBytes < 70_000)
            let several = try await subscriber.get(
                "/api/download/foo/a.bin", headers: ["Range": "bytes=2100000-2100009,2200000-2200009"])
            #expect(several.status == 206 && several.headers["Content-Type"]?.contains("multipart/byteranges") == true)
            #expect(network.publisher.dataBytes < 140_000)
            let beyond = try await subscriber.get("/api/download/foo/a.bin", headers: ["Range": "bytes=9000000-"])
            #expect(beyond.status == 416)
        }
    }

    @Test func manyAskersCauseOneFetch() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("a.bin", Self.content)
            try await subscriber.waitForList(["a.bin"])
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<12 { group.addTask { try await subscriber.bytes("a.bin") == Self.content } }
                for try await isEqual in group { #expect(isEqual) }
            }
            #expect(network.publisher.dataBytes == Self.content.count)
            #expect(network.publisher.requests.count { $0.hasPrefix("manifest") } == 1)
        }
    }

    @Test func oneContentUnderTwoNamesIsFetchedOnce() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("a.bin", Self.content)
            try await network.publish("b.bin", Self.content)
            try await subscriber.waitForList(["a.bin", "b.bin"])
            try await subscriber.download("a.bin")
            try await subscriber.download("b.bin")
            #expect(try subscriber.file("b.bin") == Self.content)
            #expect(network.publisher.dataBytes == Self.content.count)
        }
    }

    @Test func aDownloadGoesOnAfterARestart() async throws {
        try await Network.with { network in
            let first = try await network.subscriber()
            try await network.publish("a.bin", Self.content)
            try await first.waitForList(["a.bin"])
            network.publisher.alwaysSuffer(.stall(after: 3 << 20))
            _ = try await first.progress("a.bin")
            try await first.wait("a part is held") { try await first.progress("a.bin").held >= 3 << 20 }
            await first.stop()
            network.publisher.alwaysSuffer(nil)
            network.publisher.resetCounters()
            let second = try await network.subscriber()
            // Nobody asks: the wish has survived.
            try await second.wait("it is complete") { try await second.info()["foo/a.bin"]?.complete == true }
            #expect(try second.file("a.bin") == Self.content)
            #expect(network.publisher.dataBytes == Self.content.count - (3 << 20))
        }
    }

    @Test func namesThatDoNotExistAreRefusedWithTheNearest() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("precip.bin", [1])
            try await subscriber.waitForList(["precip.bin"])
            for path in ["/api/follow", "/api/download"] {
                let answer = try await subscriber.post(path, ["foo/precipt.bin"])
                #expect(answer.status == 404 && answer.text.contains("foo/precip.bin"), "\(path): \(answer.text)")
            }
            #expect(try await subscriber.post("/api/unfollow", ["foo/precip.bin"]).status == 404)
            #expect(try await subscriber.get("/api/download/foo/precip").status == 404)
            #expect(try await subscriber.get("/api/download/foo/../../etc/passwd").status == 400)
            #expect(try await subscriber.get("/nothing").status == 404)
            #expect(try await subscriber.get("/api/follow").status == 405)
            let broken = try await subscriber.client.send(
                .init(method: "POST", url: subscriber.url + "/api/follow", body: SharedBytes("{\"a\":")))
            #expect(broken.status == 422 && broken.text.contains("detail"))
        }
    }
}

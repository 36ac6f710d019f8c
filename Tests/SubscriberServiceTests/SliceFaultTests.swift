import Arrays
import Blosc2
import Catalogue
import HTTP
import Platform
import TestSupport
import Testing

@testable import SubscriberService

/// Slices while publishers, versions and networks come and go.
@Suite(.patient) struct SliceFaultTests {
    @Test func whatIsHeldIsReadOfflineAndWhatIsNotFailsAtOnce() async throws {
        try await SliceTests.with { network, subscriber, cube in
            let held = "5, 17:27, 33:43"
            _ = try await subscriber.slice("cube.b2nd", held)
            try await network.giveBackLease()
            try await subscriber.wait("it knows that the publisher is gone") {
                subscriber.parts.copy.group("foo")?.online == false
            }
            // It could answer still: that nobody asks it is the point.
            network.publisher.resetCounters()
            let answer = try await subscriber.ask("/api/fetch/foo/cube.b2nd", [("slice_", held)])
            #expect(answer.status == 200 && answer.headers["Age"] != nil)
            #expect(answer.headers["Cache-Status"] == "bpubsub; hit; detail=publisher-offline")
            #expect(try SampleArray.values(answer.body).bytes.array == SampleArray.values(cube, held).bytes.array)
            let missing = try await subscriber.ask("/api/fetch/foo/cube.b2nd", [("slice_", "20:30, 64:80, :16")])
            #expect(missing.status == 503 && missing.text.contains("3 blocks in 1 chunk"), "\(missing.text)")
            #expect(network.publisher.requests.isEmpty)
            let ranged = try await subscriber.ask("/api/fetch/foo/cube.b2nd", headers: ["Range": "bytes=0-9"])
            #expect(ranged.status == 206 && ranged.body == Array(cube[0..<10]))
            #expect(try await subscriber.ask("/api/fetch/foo/cube.b2nd").status == 503)
            #expect(try await subscriber.ask("/api/chunk/foo/cube.b2nd", [("nchunk", "7")]).status == 503)
        }
    }

    @Test func aPublisherThatIsGoneWithoutAWordIsAClearError() async throws {
        try await SliceTests.with { network, subscriber, cube in
            _ = try await subscriber.slice("cube.b2nd", "5, 17:27, 33:43")
            await network.stopPublisher()
            let missing = try await subscriber.ask("/api/fetch/foo/cube.b2nd", [("slice_", "40, 0, 0")])
            #expect(missing.status == 503 && missing.text.contains("1 block in 1 chunk"), "\(missing.text)")
            let held = try await subscriber.slice("cube.b2nd", "5, 20:22, 40")
            #expect(held.bytes.array == (try SampleArray.values(cube, "5, 20:22, 40")).bytes.array)
        }
    }

    @Test func wrongBytesAreNeverServed() async throws {
        try await SliceTests.with { network, subscriber, cube in
            network.publisher.suffer(.wrongByte(at: 3000))
            let refused = try await subscriber.ask("/api/fetch/foo/cube.b2nd", [("slice_", "5, 17:27, 33:43")])
            #expect(refused.status == 502, "\(refused.text)")
            let values = try await subscriber.slice("cube.b2nd", "5, 17:27, 33:43")
            #expect(values.bytes.array == (try SampleArray.values(cube, "5, 17:27, 33:43")).bytes.array)
        }
    }

    @Test func theOlderVersionHasToDoWhenTheNewOneCannotBeHad() async throws {
        try await SliceTests.with { network, subscriber, cube in
            let slice = "5, 17:27, 33:43"
            _ = try await subscriber.slice("cube.b2nd", slice)
            let newer = try await network.publishFrame("cube.b2nd", SampleArray.constant(1))
            network.publisher.remove(newer)
            try await subscriber.wait("it knows of the newer version") {
                try subscriber.parts.copy.entry(DatasetPath("foo/cube.b2nd"))?.version == newer
            }
            await network.stopPublisher()
            let answer = try await subscriber.ask("/api/fetch/foo/cube.b2nd", [("slice_", slice)])
            #expect(answer.status == 200 && answer.headers["Cache-Status"]?.contains("stale") == true)
            #expect(try SampleArray.values(answer.body).bytes.array == SampleArray.values(cube, slice).bytes.array)
            #expect(try await subscriber.ask("/api/fetch/foo/cube.b2nd", [("slice_", "40, 0, 0")]).status == 503)
        }
    }

    /// `BPUBSUB_READS` asks for more.
    private static let reads = Environment.current["BPUBSUB_READS"].flatMap { Int($0) } ?? 10_000

    @Test func noAnswerMixesVersionsWhileAWriterNeverStops() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publishFrame("a.b2nd", SampleArray.constant(0))
            try await subscriber.waitForList(["a.b2nd"])
            let isDone = Flag(), refused = Recorder<String>(), seen = Recorder<Int64>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    var value: Int64 = 0
                    while !isDone.isSet {
                        value += 1
                        // At the pace of the readers, of whom half may finish between two versions: how fast a machine writes
                        // and how fast it reads are not the subject.
                        let answered = seen.all.count + refused.all.count
                        while seen.all.count + refused.all.count < answered + 4, !isDone.isSet {
                            try await Task.sleep(for: .milliseconds(1))
                        }
                        let old = try subscriber.parts.copy.entry(DatasetPath("foo/a.b2nd"))?.version
                        let version = try await network.publishFrame("a.b2nd", SampleArray.constant(value))
                        // Like a file that is overwritten: what was there is gone at once.
                        if let old, old != version { network.publisher.remove(old) }
                    }
                }
                try await withThrowingTaskGroup(of: Void.self) { readers in
                    for reader in 0..<8 {
                        readers.addTask {
                            for number in 0..<Self.reads / 8 {
                                let row = (number * 7 + reader) % 60
                                try await read(subscriber, "\(row):\(row + 4), ::\(number % 5 + 1)", refused, seen)
                            }
                        }
                    }
                    try await readers.waitForAll()
                }
                isDone.set()
                try await group.waitForAll()
            }
            #expect(Set(seen.all).count > 10, "the writer has written while they read")
            #expect(refused.all.count < Self.reads / 100, "\(refused.all.count): \(refused.all.first ?? "")")
        }
    }

    private func read(
        _ subscriber: TestSubscriber, _ slice: String, _ refused: Recorder<String>, _ seen: Recorder<Int64>
    ) async throws {
        let answer = try await subscriber.ask("/api/fetch/foo/a.b2nd", [("slice_", slice)])
        guard answer.status == 200 else {
            #expect(answer.status == 503, "\(answer.status) \(answer.text)")
            refused.append(answer.text)
            return
        }
        let bytes = try SampleArray.values(answer.body).bytes.array
        let items = Set(stride(from: 0, to: bytes.count, by: 8).map { Array(bytes[$0..<$0 + 8]) })
        #expect(items.count == 1, "values of \(items.count) versions in one answer")
        let value = items.first.map { $0.reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) } }
        if let value { seen.append(value) }
    }
}

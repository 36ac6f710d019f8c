import Arrays
import Blosc2
import Catalogue
import HTTP
import Platform
import TestSupport
import Testing
import Versions

@testable import SubscriberService

/// Readers of the same bytes at the same time, by slices, by bytes and as a whole: nothing is sent twice.
@Suite(.patient) struct SharedFetchTests {
    private static func mirror(_ name: String, _ subscriber: TestSubscriber) throws -> Mirror {
        let version = try #require(subscriber.parts.copy.entry(DatasetPath("foo/" + name))?.version)
        return try #require(subscriber.parts.keeper.library.opened(version))
    }

    /// `nil` as long as nobody has opened it.
    private static func presence(_ name: String, _ subscriber: TestSubscriber) throws -> Presence? {
        let version = subscriber.parts.copy.entry(try DatasetPath("foo/" + name))?.version
        return version.flatMap { subscriber.parts.keeper.library.opened($0) }?.presence
    }

    private static func check(_ slice: String, _ name: String, _ bytes: [UInt8], _ subscriber: TestSubscriber)
        async throws
    {
        let values = try await subscriber.slice(name, slice)
        #expect(values.bytes.array == (try SampleArray.values(bytes, slice).bytes.array))
    }

    private static func waitForAskers(_ count: Int, _ name: String, _ subscriber: TestSubscriber) async throws {
        try await subscriber.wait("\(count) wait for what is on its way") {
            try presence(name, subscriber)?.waits.count == count
        }
    }

    @Test func aSliceDuringADownloadWaitsForWhatIsOnItsWay() async throws {
        try await SliceTests.with { network, subscriber, cube in
            network.publisher.suffer(.stall(after: 0))
            _ = try await subscriber.progress("cube.b2nd")
            try await subscriber.wait("all of it is on its way") { network.publisher.requests.count == 2 }
            async let slice: Void = Self.check("16:20, 64:80, 80:112", "cube.b2nd", cube, subscriber)
            try await Self.waitForAskers(1, "cube.b2nd", subscriber)
            network.publisher.gate.open()
            try await slice
            try await subscriber.download("cube.b2nd")
            #expect(network.publisher.requests.count == 2, "the manifest and the file: \(network.publisher.requests)")
        }
    }

    @Test func aSliceOfAFrameThatIsKnownWaitsForADownloadToo() async throws {
        try await SliceTests.with { network, subscriber, cube in
            try await Self.check("0, 0, 0", "cube.b2nd", cube, subscriber)
            network.publisher.resetCounters()
            network.publisher.suffer(.stall(after: 0))
            _ = try await subscriber.progress("cube.b2nd")
            try await subscriber.wait("all of it is on its way") { network.publisher.requests.count == 1 }
            async let one: Void = Self.check("16:20, 64:80, 80:112", "cube.b2nd", cube, subscriber)
            async let other: Void = Self.check("0:8, 0:16, 0:16", "cube.b2nd", cube, subscriber)
            try await Self.waitForAskers(2, "cube.b2nd", subscriber)
            network.publisher.gate.open()
            _ = try await (one, other)
            try await subscriber.download("cube.b2nd")
            #expect(network.publisher.requests.count == 1, "\(network.publisher.requests)")
        }
    }

    @Test func aDownloadLeavesToASliceWhatThatHasAskedFor() async throws {
        try await SliceTests.with { network, subscriber, cube in
            let version = try #require(subscriber.parts.copy.entry(DatasetPath("foo/cube.b2nd"))?.version)
            network.publisher.suffer(.stall(after: 0))
            // All of one chunk, most of it at least.
            async let slice: Void = Self.check("32:48, 0:64, 0:112", "cube.b2nd", cube, subscriber)
            try await subscriber.wait("the slice is on its way") { network.publisher.requests.count == 2 }
            _ = try await subscriber.progress("cube.b2nd")
            try await subscriber.wait("the download has begun") {
                try Self.presence("cube.b2nd", subscriber)?.wantsAll == true
            }
            network.publisher.gate.open()
            try await slice
            try await subscriber.download("cube.b2nd")
            #expect(try subscriber.file("cube.b2nd") == cube)
            #expect(network.publisher.bytesSentTwice(version) == 0, "\(network.publisher.requests)")
        }
    }

    @Test func twoReadersOfOverlappingBlocksOfAFrameThatNobodyKnowsYet() async throws {
        try await SliceTests.with { network, subscriber, cube in
            let version = try #require(subscriber.parts.copy.entry(DatasetPath("foo/cube.b2nd"))?.version)
            network.publisher.suffer(.stall(after: 0))
            async let one: Void = Self.check("15:17, 16:32, 0:32", "cube.b2nd", cube, subscriber)
            try await subscriber.wait("one has asked") { network.publisher.requests.count == 2 }
            async let other: Void = Self.check("16:24, 16:48, 16:32", "cube.b2nd", cube, subscriber)
            // Of a chunk of which nothing is on its way there is nothing to wait for.
            async let third: Void = Self.check("48:52, 64:80, 0:16", "cube.b2nd", cube, subscriber)
            try await Self.waitForAskers(3, "cube.b2nd", subscriber)
            network.publisher.gate.open()
            _ = try await (one, other, third)
            #expect(network.publisher.bytesSentTwice(version) == 0, "\(network.publisher.requests)")
        }
    }

    @Test func aReaderWhoAsksBeforeTheFrameIsKnownAndOneAfterIt() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            // 256 chunks of 4 by 4 blocks, of which one request names no more than half.
            let array = try SampleArray.constant(3, shape: [256, 256])
            let version = try await network.publishFrame("wide.b2nd", array)
            try await subscriber.waitForList(["wide.b2nd"])
            let gate = Gate()
            network.publisher.delayBlocks(until: gate) { !$0.wantsFrame }
            async let one: Void = Self.check(":, ::16", "wide.b2nd", array, subscriber)
            try await subscriber.wait("the frame has come, and the rest is on its way") {
                guard let presence = try Self.presence("wide.b2nd", subscriber) else { return false }
                return presence.layout != nil && presence.fetches.unplaced.isEmpty && !presence.fetches.isEmpty
            }
            let before = network.publisher.requests.count
            async let other: Void = Self.check("250:256, 240:250", "wide.b2nd", array, subscriber)
            try await Self.waitForAskers(2, "wide.b2nd", subscriber)
            #expect(
                network.publisher.requests.count == before, "the chunk's head is on its way, and some of its blocks")
            gate.open()
            _ = try await (one, other)
            #expect(network.publisher.bytesSentTwice(version) == 0, "\(network.publisher.requests)")
            #expect(network.publisher.requests.count == before + 1, "the blocks that only one of them needs")
        }
    }

    @Test func readersByBytesAndBySlicesAtOnce() async throws {
        try await SliceTests.with { network, subscriber, cube in
            let version = try #require(subscriber.parts.copy.entry(DatasetPath("foo/cube.b2nd"))?.version)
            let gate = Gate()
            network.publisher.delayBlocks(until: gate) { _ in true }
            @Sendable func bytes(_ range: Range<Int>) async throws {
                let answer = try await subscriber.get(
                    "/api/download/foo/cube.b2nd",
                    headers: ["Range": "bytes=\(range.lowerBound)-\(range.upperBound - 1)"])
                #expect(answer.status == 206 && answer.body == Array(cube[range]))
            }
            async let slice: Void = Self.check("0:20, 0:16, 0:32", "cube.b2nd", cube, subscriber)
            try await subscriber.wait("the slice has asked") { network.publisher.requests.count == 2 }
            async let first: Void = bytes(1000..<60_000)
            async let middle: Void = bytes(700_000..<720_000)
            async let last: Void = bytes(cube.count - 100..<cube.count)
            try await Self.waitForAskers(4, "cube.b2nd", subscriber)
            #expect(network.publisher.requests.count == 2, "nobody knows yet which blocks these are")
            gate.open()
            _ = try await (slice, first, middle, last)
            #expect(network.publisher.bytesSentTwice(version) == 0, "\(network.publisher.requests)")
        }
    }

    @Test func chunksAreRemovedBesideAllReaders() async throws {
        try await Network.with { network in
            // Where nothing ever makes room, answers are sent from files that are being filled.
            let subscriber = try await network.subscriber { $0.cacheSize = 1 << 30 }
            let cube = try SampleArray.cube()
            try await network.publishFrame("cube.b2nd", cube)
            try await subscriber.waitForList(["cube.b2nd"])
            try await Self.check("0, 0, 0", "cube.b2nd", cube, subscriber)
            let mirror = try Self.mirror("cube.b2nd", subscriber)
            let pool = BlockingPool(name: "test", threads: 1)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for seed in 0..<4 {
                    group.addTask {
                        for step in 0..<10 {
                            let plane = (seed * 17 + step * 5) % 60
                            try await Self.check("\(plane):\(plane + 4), 16:80, ::8", "cube.b2nd", cube, subscriber)
                            let start = (seed * 1_000_003 + step * 400_009) % (cube.count - 70_000)
                            let answer = try await subscriber.get(
                                "/api/download/foo/cube.b2nd", headers: ["Range": "bytes=\(start)-\(start + 69_999)"])
                            #expect(answer.body == Array(cube[start..<start + 70_000]))
                        }
                    }
                }
                let readers = Gate()
                group.addTask {
                    while !readers.isOpen {
                        try await pool.run {
                            _ = try mirror.remove(
                                mirror.manifest.chunks.indices.filter { $0 % 3 > 0 }, isPressing: true
                            ) {}
                        }
                        await Task.yield()
                    }
                }
                for _ in 0..<4 { try await group.next() }
                readers.open()
                try await group.waitForAll()
            }
            let presence = mirror.presence
            #expect(presence.fetches.isEmpty && presence.waits.isEmpty)
            #expect(
                presence.held.bytes == mirror.manifest.chunks.indices.reduce(0) { $0 + presence.held.bytes(of: $1) })
            try await subscriber.download("cube.b2nd")
            #expect(try subscriber.file("cube.b2nd") == cube)
        }
    }
}

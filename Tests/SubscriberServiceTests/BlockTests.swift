import Arrays
import Blosc2
import Catalogue
import Digests
import HTTP
import Platform
import TestSupport
import Testing
import Versions

@testable import SubscriberService

/// Parts of arrays are fetched and kept block by block: of the cube, whose blocks have 4 KiB.
@Suite(.patient) struct BlockTests {
    /// Two blocks of one chunk, and others of two chunks.
    private static let two = "16:20, 64:80, 80:112", others = "15:17, 16:32, 0:16"

    private static func check(_ slice: String, _ cube: [UInt8], _ subscriber: TestSubscriber) async throws {
        let values = try await subscriber.slice("cube.b2nd", slice)
        #expect(values.bytes.array == (try SampleArray.values(cube, slice).bytes.array))
    }

    private static func mirror(_ subscriber: TestSubscriber) throws -> Mirror {
        let version = try #require(subscriber.parts.copy.entry(DatasetPath("foo/cube.b2nd"))?.version)
        return try #require(subscriber.parts.keeper.library.opened(version))
    }

    @Test func blocksOfSeveralChunksComeInOneRequest() async throws {
        try await SliceTests.with { network, subscriber, cube in
            try await Self.check(Self.others, cube, subscriber)
            #expect(
                network.publisher.requests.count == 2, "the manifest, and all the rest: \(network.publisher.requests)")
            // Heads, tables and proofs of two chunks, and the frame's header, offsets and trailer.
            #expect(network.publisher.dataBytes < 2 * 4096 + 4096)
            // One block more, and what is held costs nothing.
            try await Self.check("15:17, 16:32, 0:32", cube, subscriber)
            #expect(network.publisher.requests.count == 3)
            #expect(network.publisher.dataBytes < 4 * 4096 + 6144)
        }
    }

    @Test func manyAskersOfABlockCauseOneFetch() async throws {
        try await SliceTests.with { network, subscriber, cube in
            try await Self.check("0, 0, 0", cube, subscriber)
            network.publisher.resetCounters()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 { group.addTask { try await Self.check(Self.others, cube, subscriber) } }
                try await group.waitForAll()
            }
            #expect(network.publisher.requests.count == 1)
        }
    }

    @Test func blocksSurviveARestartAndTheRestCompletesTheFile() async throws {
        try await SliceTests.with { network, first, cube in
            try await Self.check(Self.two, cube, first)
            await first.stop()
            network.publisher.resetCounters()
            let second = try await network.subscriber()
            try await Self.check(Self.two, cube, second)
            #expect(network.publisher.requests.isEmpty)
            let mirror = try Self.mirror(second)
            #expect(mirror.heldBytes > 0 && mirror.heldBytes < 20_000)
            try await second.download("cube.b2nd")
            #expect(try second.file("cube.b2nd") == cube)
            #expect(mirror.heldBytes == Int64(cube.count))
        }
    }

    @Test func mostOfAChunkIsFetchedAsAWhole() async throws {
        try await SliceTests.with { _, subscriber, cube in
            try await Self.check("32:48, 0:64, 0:112", cube, subscriber)
            let mirror = try Self.mirror(subscriber)
            let layout = try #require(mirror.knownLayout)
            let place = try #require(mirror.manifest.place(ofArrayChunk: 4, layout))
            #expect(mirror.present.contains(place))
        }
    }

    @Test func blocksTravelThroughAChain() async throws {
        try await SliceTests.with { network, near, cube in
            let far = try await network.subscriber("far", broker: near.url)
            try await far.waitForList(["cube.b2nd"])
            try await Self.check(Self.two, cube, far)
        }
    }

    @Test func aRefusalReachesAllWhoWait() async throws {
        try await SliceTests.with { network, subscriber, cube in
            try await Self.check("0, 0, 0", cube, subscriber)
            network.publisher.alwaysSuffer(.status(500))
            let failures = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        try await subscriber.ask("/api/fetch/foo/cube.b2nd", [("slice_", Self.two)]).status == 503
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(failures == 5)
        }
    }

    /// A mirror that nobody fills.
    private struct NoFiller: MirrorFilling {
        func start(_ mirror: Mirror) -> Bool { false }
        func start(_ fetch: BlockFetch, of mirror: Mirror) -> Bool { false }
        func happened(_ event: MirrorEvent, to mirror: Mirror) {}
    }

    @Test(arguments: [Manifest.Content.plain, .frame])
    func aChunkOfAbsurdLengthCostsNothing(content: Manifest.Content) throws {
        try withTemporaryFolder { folder in
            // A manifest may say so, and a publisher can prove a block of it.
            let length = Int64(1) << 60
            let block = SharedBytes([UInt8](repeating: 7, count: 64))
            let digest = block.withBytes { DigestTree.block($0, with: SHA256()) }
            let chunk = DigestTree.chunk(length: length, blocks: [digest], with: SHA256())
            let manifest = Manifest(content: content, entries: [(length, chunk)])
            let proven = ProvenBlocks(
                chunk: 0, table: BlockTable([.init(length: 64, digest: digest)]), blocks: [(0, block)])
            #expect(proven.belong(to: manifest))
            let mirror = Mirror(
                manifest: manifest, file: try FileDescriptor(folder + "/mirror", .readingAndWriting),
                present: ChunkSet(capacity: 1), filler: NoFiller())
            #expect(throws: FetchFailure.self) { try mirror.store(proven) }
            #expect(mirror.heldBytes == 0)
        }
    }
}

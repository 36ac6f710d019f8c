import Blosc2
import Catalogue
import Platform
import TestSupport
import Testing
import Versions

@testable import SubscriberService

/// Parts of arrays are fetched block by block.
@Suite(.timeLimit(.minutes(2))) struct BlockTests {
    /// float32, 8 chunks of 128 blocks each; a block is 4 KiB of noise.
    struct Array {
        let bytes: [UInt8]
        let layout: FrameLayout

        init(in folder: String) throws {
            var description = ArrayDescription(
                shape: [64, 128, 128], chunks: [16, 64, 128], blocks: [4, 16, 16], dtype: "<f4")
            description.blocks = [4, 16, 16]
            let path = folder + "/array.b2nd"
            let rowBytes = 128 * 128 * 4
            try ArrayFile.create(path, description) { rows, span in
                for byte in noise(rows.count * rowBytes, seed: UInt64(rows.lowerBound)) { span.append(byte) }
            }
            bytes = try FileSystem.readAll(path, limit: 1 << 30)
            layout = try FrameLayout(MemorySource(bytes))
        }

        /// Where a block of a chunk is in the file.
        func place(_ chunk: Int, _ block: Int) throws -> Range<Int> {
            guard case .stored(let offset, let length) = layout.chunks[chunk] else { throw TestFailure("no bytes") }
            let start = Int(offset)
            let blocks = try #require(
                ChunkBlocks(startingWith: SharedBytes(bytes[start..<start + length]), length: length))
            let range = blocks.range(of: block)
            return start + range.lowerBound..<start + range.upperBound
        }
    }

    static func with(_ body: @Sendable (Network, TestSubscriber, Array, Version) async throws -> Void) async throws {
        try await Network.with { network in
            let array = try Array(in: network.folder)
            let subscriber = try await network.subscriber()
            let version = try await network.publish("array.b2nd", array.bytes)
            try await subscriber.waitForList(["array.b2nd"])
            try await body(network, subscriber, array, version)
        }
    }

    static func hold(
        _ blocks: [(chunk: Int, blocks: [Range<Int>])], _ version: Version, _ subscriber: TestSubscriber
    ) async throws -> Mirror {
        let keeper = subscriber.parts.keeper
        let mirror = try await keeper.mirror(of: try DatasetPath("foo/array.b2nd"), version: version)
        try await keeper.hold(blocks, of: mirror, blockCount: 128)
        return mirror
    }

    static func bytes(_ mirror: Mirror, _ range: Range<Int>) throws -> [UInt8] {
        try mirror.file.read(at: Int64(range.lowerBound), count: range.count).array
    }

    @Test func aColdReadIsOneRequestAndLittleMoreThanItsBlocks() async throws {
        try await Self.with { network, subscriber, array, version in
            let mirror = try await Self.hold([(3, [5..<7]), (0, [0..<1])], version, subscriber)
            let places = try [array.place(3, 5), array.place(3, 6), array.place(0, 0)]
            for place in places { #expect(try Self.bytes(mirror, place) == Swift.Array(array.bytes[place])) }
            #expect(
                network.publisher.requests.count == 2, "the manifest, and all the rest: \(network.publisher.requests)")
            // Heads, tables and proofs of two chunks, and the frame's header, offsets and trailer.
            let blocks = places.reduce(0) { $0 + $1.count }
            #expect(network.publisher.dataBytes < blocks + 4096)
            // What is held costs nothing more.
            _ = try await Self.hold([(3, [5..<7])], version, subscriber)
            #expect(network.publisher.requests.count == 2)
            // The next ones need no frame any more.
            _ = try await Self.hold([(3, [5..<8])], version, subscriber)
            #expect(network.publisher.requests.count == 3)
            #expect(try Self.bytes(mirror, array.place(3, 7)) == Swift.Array(array.bytes[array.place(3, 7)]))
        }
    }

    @Test func manyAskersOfABlockCauseOneFetch() async throws {
        try await Self.with { network, subscriber, _, version in
            _ = try await Self.hold([(0, [0..<1])], version, subscriber)
            network.publisher.resetCounters()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask { _ = try await Self.hold([(1, [9..<12]), (2, [1..<2])], version, subscriber) }
                }
                try await group.waitForAll()
            }
            #expect(network.publisher.requests.count == 1)
        }
    }

    @Test func blocksSurviveARestartAndTheRestCompletesTheFile() async throws {
        try await Self.with { network, first, array, version in
            _ = try await Self.hold([(3, [5..<7])], version, first)
            await first.stop()
            network.publisher.resetCounters()
            let second = try await network.subscriber()
            let mirror = try await Self.hold([(3, [5..<7])], version, second)
            #expect(network.publisher.requests.isEmpty)
            #expect(mirror.heldBytes > 0 && mirror.heldBytes < 20_000)
            try await second.download("array.b2nd")
            #expect(try second.file("array.b2nd") == array.bytes)
            #expect(mirror.heldBytes == Int64(array.bytes.count))
        }
    }

    @Test(arguments: [0, 4, 300, 4000, 9000])
    func aDamagedAnswerIsAnErrorAndKeepsNothing(place: Int64) async throws {
        try await Self.with { network, subscriber, array, version in
            _ = try await Self.hold([(0, [0..<1])], version, subscriber)
            network.publisher.alwaysSuffer(.wrongByte(at: place))
            await #expect(throws: FetchFailure.self) { _ = try await Self.hold([(3, [5..<9])], version, subscriber) }
            network.publisher.alwaysSuffer(nil)
            let mirror = try await Self.hold([(3, [5..<9])], version, subscriber)
            #expect(try Self.bytes(mirror, array.place(3, 6)) == Swift.Array(array.bytes[array.place(3, 6)]))
        }
    }

    @Test func mostOfAChunkIsFetchedAsAWhole() async throws {
        try await Self.with { network, subscriber, _, version in
            let mirror = try await Self.hold([(2, [0..<100])], version, subscriber)
            let layout = try #require(try mirror.blocks.layout(of: mirror))
            let place = try #require(mirror.manifest.place(ofArrayChunk: 2, layout))
            #expect(mirror.present.contains(place))
        }
    }

    @Test func blocksTravelThroughAChain() async throws {
        try await Self.with { network, near, array, version in
            let far = try await network.subscriber("far", broker: near.url)
            try await far.waitForList(["array.b2nd"])
            let mirror = try await Self.hold([(3, [5..<7])], version, far)
            #expect(try Self.bytes(mirror, array.place(3, 6)) == Swift.Array(array.bytes[array.place(3, 6)]))
        }
    }

    @Test func aRefusalReachesAllWhoWait() async throws {
        try await Self.with { network, subscriber, _, version in
            _ = try await Self.hold([(0, [0..<1])], version, subscriber)
            network.publisher.alwaysSuffer(.status(410))
            let failures = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        do { _ = try await Self.hold([(1, [1..<2])], version, subscriber) } catch { return true }
                        return false
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(failures == 5)
        }
    }

    /// A mirror that nobody fills.
    private struct NoFiller: MirrorFilling {
        func start(_ mirror: Mirror) -> Bool { false }
        func progressed(_ mirror: Mirror) {}
        func gaveUp(_ mirror: Mirror, _ failure: FetchFailure) {}
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
                present: ChunkSet(capacity: 1), heldBytes: 0, filler: NoFiller())
            #expect(throws: FetchFailure.self) { try mirror.blocks.store(proven, in: mirror) }
            #expect(mirror.blocks.heldBytes == 0)
        }
    }
}

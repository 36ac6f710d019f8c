import Arrays
import Blosc2
import Catalogue
import HTTP
import Platform
import TestSupport
import Testing
import Versions
import Wire

@testable import SubscriberService

/// What reads would cost, told before they are made: compared with what the publisher then serves for them.
@Suite(.serialized, .patient) struct ExplainTests {
    private struct Explanation: Decodable {
        struct Cost: Decodable {
            let bytes: Int64
            let chunks: Int
            let blocks: Int
            let missing: Int
            let requests: Int
            let fetch: Int64
            let exact: Bool
        }
        let cost: Cost
    }

    private static func explain(
        _ name: String, _ slice: String?, _ subscriber: TestSubscriber
    ) async throws -> Explanation.Cost {
        let query = slice.map { [("slice_", $0)] } ?? []
        let answer = try await subscriber.ask("/api/explain/foo/" + name, query)
        guard answer.status == 200 else { throw TestFailure("explain: \(answer.status) \(answer.text)") }
        return try WireJSON.decode(Explanation.self, from: answer.body).cost
    }

    /// Explains, reads, compares, and explains again.
    ///
    /// - Parameter tolerance: the share of the bytes by which an estimate may be wrong.
    private static func check(
        _ name: String, _ slice: String?, _ network: Network, _ subscriber: TestSubscriber, tolerance: Double = 0.02
    ) async throws {
        network.publisher.resetCounters()
        let before = try await explain(name, slice, subscriber)
        #expect(network.publisher.requests.isEmpty, "nothing is fetched for that")
        let answer = try await subscriber.ask("/api/fetch/foo/" + name, slice.map { [("slice_", $0)] } ?? [])
        #expect(answer.status == 200)
        #expect(network.publisher.requests.count == before.requests, "\(name)[\(slice ?? "")] \(before)")
        let came = Double(network.publisher.dataBytes), told = Double(before.fetch)
        let margin = before.exact ? 0 : told * tolerance
        // Heads of chunks, proofs and the frame's own parts are beside that.
        #expect(
            came >= told - margin && came <= (told + margin) * 1.1 + 4000, "\(slice ?? "all"): \(before), \(came) came")
        let after = try await explain(name, slice, subscriber)
        #expect(after.missing == 0 && after.requests == 0 && after.fetch == 0 && after.exact)
        #expect(after.bytes == before.bytes)
    }

    @Test(arguments: ["1500000:1500100", "10:70000", "900000:2500000", "2900000:3000001", "7:7", nil])
    func bytesOfAPlainFileComeByBlocksOrByChunks(_ slice: String?) async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            // Its last chunk is shorter than a block.
            try await network.publish("a.bin", noise((3 << 20) + 100, seed: 9))
            try await subscriber.waitForList(["a.bin"])
            try await Self.check("a.bin", slice, network, subscriber)
            try await Self.check("a.bin", "600000:2000000", network, subscriber)
            try await Self.check("a.bin", nil, network, subscriber)
        }
    }

    @Test func aLongFileComesByRunsOfChunks() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            let content = noise(20_000_000, seed: 3)
            try await network.publish("a.bin", content)
            try await subscriber.waitForList(["a.bin"])
            try await Self.check("a.bin", "9000000:9000010", network, subscriber)
            try await Self.check("a.bin", nil, network, subscriber)
            #expect(try await subscriber.bytes("a.bin") == content)
        }
    }

    @Test(arguments: [
        "5, 17:27, 33:43", "5:7, 17:60, 30:90", "6:9, 20:70, 0:64", "0:64, 0:128, 64", "5, 20:20", nil,
    ]) func anArrayIsExplainedFromWhatIsHeld(
        _ slice: String?
    ) async throws {
        try await SliceTests.with { network, subscriber, _ in
            try await Self.check("cube.b2nd", slice, network, subscriber)
            try await Self.check("cube.b2nd", "0:20, 0:64", network, subscriber)
            try await Self.check("cube.b2nd", nil, network, subscriber)
        }
    }

    @Test func ofANewVersionTheFrameComesFirst() async throws {
        try await SliceTests.with { network, subscriber, _ in
            _ = try await subscriber.slice("cube.b2nd", "5, 17:27, 33:43")
            let version = try await network.publishFrame("cube.b2nd", SampleArray.cube(changedFrom: 48))
            try await subscriber.wait("it knows of the new version") {
                try subscriber.parts.copy.entry(DatasetPath("foo/cube.b2nd"))?.version == version
            }
            try await Self.check("cube.b2nd", "50, 17:27, 33:43", network, subscriber)
        }
    }

    private static let itemScript = """
        import blosc2
        import numpy as np
        items = np.random.default_rng(1).integers(0, 1000, 3_000_000, dtype=np.int32)
        blosc2.SChunk(chunksize=1 << 20, data=items, urlpath="items.b2frame", contiguous=True, mode="w",
                      cparams={"typesize": 4, "blocksize": 1 << 14})
        """

    @Test(.enabled(if: TestPython.isInstalled)) func itemsOfAFrameAreCountedAfterItsHeaderHasCome() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await TestPython.running(Self.itemScript, "", in: network.folder)
            let frame = try FileSystem.readAll(network.folder + "/items.b2frame", limit: 1 << 30)
            try await network.publishFrame("items.b2frame", frame)
            try await subscriber.waitForList(["items.b2frame"])
            let slice = "1000000:1000100"
            let told = try await Self.explain("items.b2frame", slice, subscriber)
            #expect(network.publisher.dataBytes < 8192, "the header, and no data")
            #expect(told.missing > 0 && told.fetch > 0 && !told.exact, "\(told)")
            try await Self.check("items.b2frame", slice, network, subscriber, tolerance: 0.9)
            try await Self.check("items.b2frame", "0:1000000", network, subscriber, tolerance: 0.9)
        }
    }

    @Test func whatWouldBeRefusedIsRefused() async throws {
        try await SliceTests.with { network, subscriber, cube in
            let source = MemorySource(cube)
            var dataset = Dataset(
                path: try DatasetPath("foo/huge.b2nd"), version: try network.publisher.add(cube), size: 1 << 30,
                modified: 1, mediaType: "application/vnd.blosc2.frame")
            dataset.kind = .array
            dataset.frame = FrameMetadata(try FrameInfo(source, FrameLayout(source)))
            dataset.array = ArrayMetadata(shape: [1 << 34], chunks: [1 << 20], blocks: [1 << 14], dtype: "float32")
            try await network.announce(.put(dataset))
            try await subscriber.waitForList(["cube.b2nd", "huge.b2nd"])
            for (name, slice, status) in [
                ("huge.b2nd", "1:", 400), ("cube.b2nd", "64", 400), ("cube.b2nd", "a", 400), ("no.b2nd", "1", 404),
            ] {
                let answer = try await subscriber.ask("/api/explain/foo/" + name, [("slice_", slice)])
                #expect(answer.status == status, "\(name)[\(slice)]: \(answer.status) \(answer.text)")
            }
        }
    }
}

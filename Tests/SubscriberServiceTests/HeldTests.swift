import Catalogue
import HTTP
import Platform
import TestSupport
import Testing
import Wire

@testable import SubscriberService

/// Which chunks are held: of the cube, which has 4 × 2 × 1 of them.
@Suite(.patient) struct HeldTests {
    private struct Held: Decodable, Equatable {
        let version: Version
        let size: Int64
        let held: Int64
        let chunks: Int
        let grid: [Int]?
        let whole: [[Int]]
        let partial: [[Int]]
        let fetching: [[Int]]
        let exact: Bool
    }

    private static func held(_ name: String, _ subscriber: TestSubscriber) async throws -> Held {
        let answer = try await subscriber.ask("/api/held/foo/" + name)
        guard answer.status == 200 else { throw TestFailure("held: \(answer.status) \(answer.text)") }
        return try WireJSON.decode(Held.self, from: answer.body)
    }

    @Test func aMapFillsWithWhatIsReadAndThenFetched() async throws {
        try await SliceTests.with { network, subscriber, cube in
            let before = try await Self.held("cube.b2nd", subscriber)
            #expect(before.chunks == 8 && before.grid == [4, 2, 1] && before.size == Int64(cube.count))
            #expect(before.held == 0 && before.exact && (before.whole + before.partial + before.fetching).isEmpty)
            #expect(network.publisher.requests.isEmpty, "to ask costs nothing")

            _ = try await subscriber.slice("cube.b2nd", "16:20, 64:80, 80:112")
            _ = try await subscriber.slice("cube.b2nd", "32:48, 0:64, 0:112")
            network.publisher.resetCounters()
            let some = try await Self.held("cube.b2nd", subscriber)
            #expect(some.partial == [[3, 1]], "two blocks of one chunk")
            #expect(some.whole == [[4, 1]], "most of another was fetched as a whole")
            #expect(some.exact && some.held > 0 && some.held < some.size && some.version == before.version)
            #expect(network.publisher.requests.isEmpty)

            try await subscriber.download("cube.b2nd")
            let all = try await Self.held("cube.b2nd", subscriber)
            #expect(all.whole == [[0, 8]] && all.held == all.size && all.exact && all.grid == [4, 2, 1])
            #expect((all.partial + all.fetching).isEmpty)
        }
    }

    @Test func whatWasHeldIsKnownAfterARestart() async throws {
        try await SliceTests.with { network, first, _ in
            _ = try await first.slice("cube.b2nd", "16:20, 64:80, 80:112")
            _ = try await first.slice("cube.b2nd", "32:48, 0:64, 0:112")
            let before = try await Self.held("cube.b2nd", first)
            await first.stop()
            network.publisher.resetCounters()
            let second = try await network.subscriber()
            #expect(try await Self.held("cube.b2nd", second) == before)
            #expect(network.publisher.requests.isEmpty)
        }
    }

    @Test func aFileIsHeldByTheMegabyteAndHasNoGrid() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("a.bin", noise(5_000_000, seed: 3))
            try await network.publish("empty", [])
            try await subscriber.waitForList(["a.bin", "empty"])
            _ = try await subscriber.get("/api/download/foo/a.bin", headers: ["Range": "bytes=1048576-2097151"])
            _ = try await subscriber.get("/api/download/foo/a.bin", headers: ["Range": "bytes=4000000-4000009"])
            let held = try await Self.held("a.bin", subscriber)
            #expect(held.chunks == 5 && held.grid == nil && held.exact)
            #expect(held.whole == [[1, 1]] && held.partial == [[3, 1]], "\(held)")
            let empty = try await Self.held("empty", subscriber)
            #expect(empty.chunks == 0 && empty.whole.isEmpty && empty.size == 0)
        }
    }

    @Test func whatIsOnItsWayIsSeen() async throws {
        try await SliceTests.with { network, subscriber, _ in
            _ = try await subscriber.slice("cube.b2nd", "0, 0, 0")
            network.publisher.alwaysSuffer(.stall(after: 0))
            _ = try await subscriber.progress("cube.b2nd")
            try await subscriber.wait("chunks are on their way") {
                let held = try await Self.held("cube.b2nd", subscriber)
                return held.fetching == [[0, 8]] && held.partial == [[0, 1]]
            }
            network.publisher.alwaysSuffer(nil)
            network.publisher.gate.open()
            try await subscriber.download("cube.b2nd")
            #expect(try await Self.held("cube.b2nd", subscriber).fetching.isEmpty)
        }
    }

    @Test func aFrameThatIsReadFromItsStartIsShownInItsOrderUntilMoreIsKnown() async throws {
        try await SliceTests.with { network, subscriber, cube in
            _ = try await subscriber.get("/api/download/foo/cube.b2nd", headers: ["Range": "bytes=0-1200000"])
            let held = try await Self.held("cube.b2nd", subscriber)
            #expect(!held.exact && held.chunks == 8 && held.whole.first == [0, 2], "\(held)")
        }
    }

    @Test func whatMakesRoomIsMissingAgain() async throws {
        let limit: Int64 = 1_200_000
        try await Network.with { network in
            try await network.publishFrame("cube.b2nd", try SampleArray.cube())
            let subscriber = try await network.subscriber { $0.cacheSize = limit }
            try await subscriber.waitForList(["cube.b2nd"])
            for plane in stride(from: 0, to: 64, by: 4) { _ = try await subscriber.slice("cube.b2nd", "\(plane)") }
            try await subscriber.wait("the chunks read first are gone") {
                let held = try await Self.held("cube.b2nd", subscriber)
                return held.held <= limit && !(held.whole + held.partial).contains { $0[0] == 0 }
            }
        }
    }

    @Test func otherNamesAreRefused() async throws {
        try await SliceTests.with { _, subscriber, _ in
            let statuses = [
                "foo/none.b2nd": 404, "nobody/cube.b2nd": 404, "foo": 400, "foo/../foo/cube.b2nd": 400, "foo//x": 400,
                "foo/\u{1}": 404, "": 400, "foo/" + String(repeating: "x", count: 5000): 400,
            ]
            for (path, status) in statuses {
                let answer = try await subscriber.ask("/api/held/" + path)
                #expect(answer.status == status && answer.text.contains("detail"), "\(path.prefix(40)): \(answer.text)")
            }
            #expect(try await subscriber.ask("/api/held/foo/cube.b2nd", method: "POST").status == 405)
        }
    }

    @Test func aCatalogueThatLiesAboutSizesCostsNothing() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            let bytes = try SampleArray.cube()
            var file = Dataset(
                path: try DatasetPath("foo/a"), version: try network.publisher.add(bytes),
                size: Dataset.sizes.upperBound, modified: 1)
            try await network.announce(.put(file))
            file.path = try DatasetPath("foo/b")
            file.kind = .array
            file.array = ArrayMetadata(shape: [.max, .max], chunks: [1, 0], blocks: [1, 1], dtype: "u1")
            try await network.announce(.put(file))
            try await subscriber.waitForList(["a", "b"])
            for name in ["a", "b"] {
                #expect(try await Self.held(name, subscriber).whole.isEmpty)
                // The first bytes, so that there is a mirror.
                _ = try await subscriber.get("/api/download/foo/" + name, headers: ["Range": "bytes=0-9"])
                let held = try await Self.held(name, subscriber)
                #expect(held.grid == nil && held.whole.count + held.partial.count < 10, "\(held)")
            }
        }
    }
}

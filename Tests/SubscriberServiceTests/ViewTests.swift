import Arrays
import Blosc2
import HTTP
import Platform
import TestSupport
import Testing

@testable import SubscriberService

/// Large arrays on small screens.
@Suite(.patient) struct ViewTests {
    private static func view(
        _ subscriber: TestSubscriber, _ query: [(String, String)], field: String? = nil
    ) async throws -> (answer: HTTPClient.Response, floats: [Float]) {
        let answer = try await subscriber.ask("/api/view/foo/cube.b2nd", query)
        guard answer.status == 200 else { throw TestFailure("view: \(answer.status) \(answer.text)") }
        let start = 10 + Int(answer.body[8]) + Int(answer.body[9]) << 8
        #expect(start % 64 == 0 && answer.body[..<6] == [0x93, 78, 85, 77, 80, 89])
        let floats = Array(answer.body[start...]).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        return (answer, floats)
    }

    @Test func anImageIsReducedToThePointsOfAScreen() async throws {
        try await SliceTests.with { _, subscriber, cube in
            for reduction in [Reduction.mean, .min, .max] {
                let (answer, floats) = try await Self.view(
                    subscriber, [("slice_", "5, 3:, :120"), ("pixels", "40,30"), ("reduce", reduction.rawValue)])
                #expect(answer.headers["Bpubsub-Reduction"] == "\(reduction.rawValue);factors=4,4")
                let all = try SampleArray.values(cube, "5, 3:, :120")
                let expected = try all.reduced(by: reduction, ReductionGrid(shape: all.shape, limits: [40, 30]))
                #expect(floats.count == 32 * 30 && floats.map(\.bitPattern) == Self.bits(expected))
                let tag = try #require(answer.headers["ETag"])
                let query = [("slice_", "5, 3:, :120"), ("pixels", "40,30"), ("reduce", reduction.rawValue)]
                let again = try await subscriber.ask(
                    "/api/view/foo/cube.b2nd", query, headers: ["If-None-Match": tag])
                #expect(again.status == 304)
            }
        }
    }

    @Test func severalTilesAreOneView() async throws {
        try await SliceTests.with { _, subscriber, cube in
            let all = try SampleArray.values(cube, "0:8")
            let grid = ReductionGrid(shape: all.shape, limits: [3, 10, 11])
            let expected = try all.reduced(by: .max, grid)
            var canvas = ViewCanvas(shape: grid.resultShape, itemSize: 4)
            for tile in grid.tiles(limit: 10_000, chunks: [16, 64, 128], origin: [0, 0, 0]) {
                let part = tile.items.map { "\($0.lowerBound):\($0.upperBound)" }.joined(separator: ",")
                let items = try SampleArray.values(cube, part)
                canvas.put(try items.reduced(by: .max, tile.grid).bytes, at: tile.result)
            }
            #expect(Self.bits(canvas.values(dtype: "<f4")) == Self.bits(expected))
            let (_, floats) = try await Self.view(
                subscriber, [("slice_", "0:8"), ("pixels", "3,10,11"), ("reduce", "max")])
            #expect(floats.map(\.bitPattern) == Self.bits(expected))
        }
    }

    @Test func aPreviewFetchesOnlyTheBlocksOfItsPoints() async throws {
        try await SliceTests.with { network, subscriber, cube in
            let (answer, floats) = try await Self.view(
                subscriber, [("slice_", "5"), ("pixels", "2,2"), ("reduce", "stride")])
            #expect(answer.headers["Bpubsub-Reduction"] == "stride;factors=64,64")
            #expect(floats.map(\.bitPattern) == Self.bits(try SampleArray.values(cube, "5, ::64, ::64")))
            #expect(network.publisher.dataBytes < 40_000, "four blocks of 4 KiB of the plane's 64")
            let all = try await Self.view(subscriber, [("slice_", "5, 1:3, 4:6"), ("reduce", "mean")])
            #expect(all.floats.map(\.bitPattern) == Self.bits(try SampleArray.values(cube, "5, 1:3, 4:6")))
        }
    }

    @Test func questionsThatMakeNoViewAreRefused() async throws {
        try await SliceTests.with { _, subscriber, _ in
            let wrong = [
                [("reduce", "median")], [("pixels", "0")], [("pixels", "a,b")], [("slice_", "::2")], [("slice_", "x")],
                [("slice_", "99")], [("field", "none")],
            ]
            for query in wrong {
                let answer = try await subscriber.ask("/api/view/foo/cube.b2nd", query)
                #expect(answer.status == 400, "\(query)")
            }
            let answer = try await subscriber.ask("/api/view/foo/none.b2nd")
            #expect(answer.status == 404)
        }
    }

    private static func bits(_ values: ArrayValues) -> [UInt32] {
        values.bytes.array.withUnsafeBytes { Array($0.bindMemory(to: UInt32.self)) }
    }
}

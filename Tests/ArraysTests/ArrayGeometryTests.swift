import TestSupport
import Testing

@testable import Arrays

@Suite struct ArrayGeometryTests {
    /// Chunk, block and position in the block of every item that is selected, by looking at each.
    private func walk(_ slice: ResolvedSlice, _ geometry: ArrayGeometry) -> [Int: Set<Int>] {
        var touched: [Int: Set<Int>] = [:]
        var odometer = Odometer(slice.axes.map(\.count))
        while odometer.advance() {
            var (chunk, block) = (0, 0)
            for (dimension, axis) in slice.axes.enumerated() {
                let position = axis.start + odometer.digits[dimension] * axis.step
                chunk += position / geometry.chunks[dimension] * geometry.chunkStrides[dimension]
                block +=
                    position % geometry.chunks[dimension] / geometry.blocks[dimension]
                    * geometry.blockStrides[dimension]
            }
            touched[chunk, default: []].insert(block)
        }
        return touched
    }

    static func randomGeometry(_ random: inout SeededGenerator) throws -> ArrayGeometry {
        let shape = (0..<Int.random(in: 0...4, using: &random)).map { _ in Int64.random(in: 1...12, using: &random) }
        let chunks = shape.map { Int.random(in: 1...Int($0), using: &random) }
        let blocks = chunks.map { Int.random(in: 1...$0, using: &random) }
        return try ArrayGeometry(shape: shape, chunks: chunks, blocks: blocks, itemSize: 4)
    }

    @Test("A slice touches the chunks and blocks that hold its items, and no others")
    func touchedBlocks() throws {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<1500 {
            let geometry = try Self.randomGeometry(&random)
            let text = random.slice(of: geometry.shape)
            let slice = try SliceExpression(parsing: text).resolved(for: geometry.shape.map(Int64.init))
            let expected = walk(slice, geometry)
            let chunks = Array(Selection(slice, of: geometry).chunks)
            #expect(chunks.map(\.number) == expected.keys.sorted())
            #expect(Selection(slice, of: geometry).chunks.count == chunks.count)
            for chunk in chunks {
                #expect(chunk.blockRuns.flatMap { Array($0) } == expected[chunk.number]?.sorted())
                #expect(Set(chunk.blocks.map(\.number)) == expected[chunk.number])
                #expect(zip(chunk.blockRuns, chunk.blockRuns.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
            }
        }
    }

    @Test("Lists touch the chunks and blocks that hold their items, and no others")
    func touchedByLists() throws {
        let geometry = try ArrayGeometry(shape: [10, 20], chunks: [4, 6], blocks: [2, 4], itemSize: 1)
        let selection = try Selection(IndexExpression(parsing: "[[9,0,9,5],[19,0,19,7]]"), of: geometry)
        let chunks = selection.chunks.map { [$0.number: $0.blockRuns] }
        #expect(chunks == [[0: [0..<1]], [5: [0..<1]], [11: [0..<1]]])
        let rows = try Selection(IndexExpression(parsing: "[[9,0],\"3:5\"]"), of: geometry)
        #expect(rows.chunks.map { [$0.number: $0.blockRuns] } == [[0: [0..<2]], [8: [0..<2]]])
        #expect(Array(try Selection(IndexExpression(parsing: "[[]]"), of: geometry).chunks).isEmpty)
    }

    @Test("An array without dimensions has one chunk; one without items has none")
    func smallest() throws {
        let scalar = try ArrayGeometry(shape: [], chunks: [], blocks: [], itemSize: 8)
        let all = try SliceExpression.all.resolved(for: [])
        #expect(scalar.chunkCount == 1)
        #expect(Selection(all, of: scalar).chunks.map(\.blockRuns) == [[0..<1]])
        let empty = try ArrayGeometry(shape: [0, 5], chunks: [0, 5], blocks: [0, 5], itemSize: 8)
        #expect(empty.chunkCount == 0)
        let slice = try SliceExpression.all.resolved(for: [0, 5])
        #expect(Array(Selection(slice, of: empty).chunks).isEmpty)
    }

    @Test("A few items of an array of a petabyte are found at once")
    func hugeArrays() throws {
        let geometry = try ArrayGeometry(
            shape: [1 << 16, 1 << 34], chunks: [1 << 12, 1 << 18], blocks: [1 << 6, 1 << 12], itemSize: 1)
        let slice = try SliceExpression(parsing: "::65535, -1").resolved(for: [1 << 16, 1 << 34])
        let chunks = Array(Selection(slice, of: geometry).chunks)
        #expect(chunks.map(\.number) == [(1 << 16) - 1, (1 << 20) - 1])
        let whole = try SliceExpression.all.resolved(for: [1 << 16, 1 << 34])
        #expect(Selection(whole, of: geometry).chunks.count == 1 << 20)
        #expect(Selection(whole, of: geometry).chunks.first { _ in true }?.blockRuns == [0..<(1 << 12)])
    }

    @Test("Sizes that contradict each other or cannot be counted are refused")
    func refusals() {
        let wrong: [([Int64], [Int], [Int], Int)] = [
            ([4], [0], [1], 1), ([4], [2], [0], 1), ([4], [2, 2], [1], 1), ([4], [2], [1], 0), ([-4], [2], [1], 1),
            ([.max], [1], [1], 1), ([.max, 2], [1 << 20, 1], [1, 1], 1), ([4, 4], [.max, .max], [1, 1], 1),
            ([1 << 40], [1 << 40], [1], 1), ([1 << 62], [1 << 30], [1 << 30], 4), ([9], [9], [.max], 2),
        ]
        for (shape, chunks, blocks, itemSize) in wrong {
            #expect(throws: ArrayError.self) {
                try ArrayGeometry(shape: shape, chunks: chunks, blocks: blocks, itemSize: itemSize)
            }
        }
    }
}

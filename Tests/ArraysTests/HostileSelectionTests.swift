import TestSupport
import Testing

@testable import Arrays

/// Selections of arrays that somebody has made up: what they take is counted and not listed.
@Suite struct HostileSelectionTests {
    /// One chunk of 2²⁸ blocks of one item: every fourth of them.
    @Test(.patient) func blocksAreCountedWithoutBeingNamed() throws {
        let count = 1 << 28
        let geometry = try ArrayGeometry(shape: [Int64(count)], chunks: [count], blocks: [1], itemSize: 1)
        let slice = try SliceExpression(parsing: "::4").resolved(for: [Int64(count)])
        let selection = Selection(slice, of: geometry)
        for _ in 0..<1000 {
            #expect(selection.chunks.map(\.blockCount) == [count / 4])
            #expect(selection.planning(namedBlocks: 2048) == 2050)
        }
    }

    /// One item of each of as many chunks as there may be.
    @Test func workIsKnownBeforeItBegins() throws {
        let count = ArrayGeometry.maximumChunkCount
        let geometry = try ArrayGeometry(shape: [Int64(count)], chunks: [1], blocks: [1], itemSize: 1)
        let slice = try SliceExpression(parsing: ":").resolved(for: [Int64(count)])
        #expect(Selection(slice, of: geometry).planning(namedBlocks: 2048) >= count)
        let part = try SliceExpression(parsing: "7:9").resolved(for: [Int64(count)])
        #expect(Selection(part, of: geometry).planning(namedBlocks: 2048) < 20)
    }

    /// The counts are those of the lists, where these are short.
    @Test(arguments: 0..<20 as Range<UInt64>) func countsAreThoseOfTheLists(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let shape = (0..<2).map { _ in Int.random(in: 1...40, using: &random) }
            let chunks = (0..<2).map { _ in Int.random(in: 1...20, using: &random) }
            let blocks = chunks.map { Int.random(in: 1...$0, using: &random) }
            let geometry = try ArrayGeometry(shape: shape.map(Int64.init), chunks: chunks, blocks: blocks, itemSize: 2)
            let text = (0..<2).map { _ in
                "\(Int.random(in: -45...45, using: &random))::\(Int.random(in: 1...9, using: &random))"
            }.joined(separator: ",")
            let slice = try SliceExpression(parsing: text).resolved(for: shape.map(Int64.init))
            let selection = Selection(slice, of: geometry)
            var work = 0
            for touched in selection.chunks {
                let listed = touched.blockRuns.map(\.count).reduce(0, +)
                #expect(touched.blockCount == listed, "\(text) of \(shape) \(chunks) \(blocks)")
                work += 1 + listed
            }
            #expect(selection.planning(namedBlocks: 1 << 30) >= work)
        }
    }

    /// Slices, lists of indices and types of any text: understood or refused.
    @Test(arguments: 0..<10 as Range<UInt64>) func anyTextIsUnderstoodOrRefused(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "[", "]", "(", ")", "{", "}", ",", ":", "'", "\"", "-", "...", "9223372036854775807",
            "-9223372036854775808", "0",
            "1", "99999999999999999999", "'<f8'", "'names'", "'formats'", "'offsets'", "'itemsize'", "|V", "M8[ns]",
            "null", " ",
            "é", "\\x", "<U536870912",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }.joined()
            _ = ItemType(parsing: text)?.size
            for shape: [Int64] in [[], [0], [.max], [5, 7], [1 << 62, 0]] {
                guard let slice = try? SliceExpression(parsing: text), let resolved = try? slice.resolved(for: shape)
                else { continue }
                #expect(resolved.itemCount >= 0)
            }
            if let indices = try? IndexExpression(parsing: text),
                let geometry = try? ArrayGeometry(shape: [5, 7], chunks: [2, 3], blocks: [1, 2], itemSize: 4)
            {
                _ = try? Selection(indices, of: geometry)
            }
        }
    }
}

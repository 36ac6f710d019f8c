import Arrays
import Platform
import Testing

@testable import Blosc2

@Suite(.enabled(if: PythonFrames.isInstalled, "scripts/setup.sh --tests installs python-blosc2"))
struct ChunkBlocksTests {
    @Test("Every block is where the layout says that there is something", arguments: PythonFrames.all)
    func blocksAreInTheLayout(frame: PythonFrames.Frame) throws {
        for chunk in frame.chunks {
            let bytes = SharedBytes(chunk)
            let length = bytes.withBytes { ChunkLayout.headLength(startingWith: $0, length: chunk.count) }
            let layout = ChunkLayout.blocks(of: bytes)
            guard let blocks = ChunkBlocks(startingWith: SharedBytes(chunk.prefix(length)), length: chunk.count) else {
                #expect(layout.count == (chunk.count + 65535) / 65536)
                continue
            }
            var seen = Set(blocks.headLayoutIndices)
            #expect(layout[blocks.headLayoutIndices].first?.lowerBound == 0)
            #expect(layout[blocks.headLayoutIndices].last?.upperBound == blocks.head.upperBound)
            for block in 0..<blocks.count {
                let pieces = layout[blocks.layoutIndices(of: block)]
                #expect(pieces.first?.lowerBound == blocks.range(of: block).lowerBound)
                #expect(pieces.last?.upperBound == blocks.range(of: block).upperBound)
                #expect(seen.isDisjoint(with: blocks.layoutIndices(of: block)))
                seen.formUnion(blocks.layoutIndices(of: block))
            }
            #expect(seen == Set(layout.indices))
        }
    }

    @Test("Blocks stored in another order, and long ones, keep their numbers")
    func otherOrder() throws {
        var bytes: [UInt8] = [5, 1, 0x95, 4]
        for value: Int32 in [9_000_000, 3_000_000, 4_000_000] {
            withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
        }
        bytes += [UInt8](repeating: 0, count: 16)
        for value: Int32 in [2_000_000, 44, 3_900_000] { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
        let blocks = try #require(ChunkBlocks(startingWith: SharedBytes(bytes), length: 4_000_000))
        #expect((0..<3).map { blocks.range(of: $0) } == [2_000_000..<3_900_000, 44..<2_000_000, 3_900_000..<4_000_000])
        #expect((0..<3).map { blocks.layoutIndices(of: $0) } == [3..<5, 1..<3, 5..<6])
        #expect(blocks.headLayoutIndices == 0..<1)
        #expect(blocks.blocks(holding: 2_999_999..<3_000_001) == 0..<2)
        #expect(blocks.blocks(holding: 8_000_000..<99_000_000) == 2..<3)
        #expect(blocks.blocks(holding: 9_000_000..<99_000_000).isEmpty)
    }

    @Test("The difference to block 0 needs block 0")
    func deltaFilter() throws {
        let frame = try #require(PythonFrames.named("filter-delta.b2nd"))
        let info = try FrameInfo(frame.source, FrameLayout(frame.source))
        let geometry = try ArrayGeometry(info)
        let slice = try SliceExpression(parsing: "24, 29").resolved(for: geometry.shape.map(Int64.init))
        let touched = try #require(Selection(slice, of: geometry).chunks.first { _ in true })
        let bytes = SharedBytes(frame.chunks[0])
        let blocks = try #require(ChunkBlocks(startingWith: bytes, length: bytes.count))
        #expect(blocks.needsFirstBlock)
        let needed = touched.layoutIndices(startingWith: bytes, length: bytes.count)
        let all = blocks.layoutIndices(of: 0).lowerBound...blocks.layoutIndices(of: blocks.count - 1).lowerBound
        #expect(needed == [0, all.lowerBound, all.upperBound].sorted())
    }
}

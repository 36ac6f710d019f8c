import Arrays
import Platform

@testable internal import Blosc2

/// A file of which only some ranges are there; elsewhere it is full of rubbish.
struct HoleSource: ByteSource {
    private let bytes: [UInt8]

    init(_ original: SharedBytes, holding ranges: [Range<Int64>]) {
        var bytes = [UInt8](repeating: 0xee, count: original.count)
        let all = original.array
        for range in ranges {
            let place = Int(range.lowerBound)..<Int(range.upperBound)
            bytes.replaceSubrange(place, with: all[place])
        }
        self.bytes = bytes
    }

    var size: Int64 { Int64(bytes.count) }

    func read(at offset: Int64, count: Int) -> SharedBytes { MemorySource(bytes).read(at: offset, count: count) }

    /// What must be there to read a selection, and to open the file at all.
    static func needed(_ selection: Selection, _ layout: FrameLayout, _ original: SharedBytes) -> [Range<Int64>] {
        var needed = [layout.header, layout.trailer] + [layout.offsetsChunk].compactMap { $0 }
        for touched in selection.chunks {
            guard case .stored(let offset, let length) = layout.chunks[touched.number] else { continue }
            let chunk = SharedBytes(original.array[Int(offset)..<(Int(offset) + length)])
            let headLength = chunk.withBytes { ChunkLayout.headLength(startingWith: $0, length: length) }
            let head = SharedBytes(chunk.array.prefix(headLength))
            let blocks = ChunkLayout.blocks(of: chunk)
            for index in touched.layoutIndices(startingWith: head, length: length) {
                needed.append((offset + Int64(blocks[index].lowerBound))..<(offset + Int64(blocks[index].upperBound)))
            }
        }
        return needed
    }
}

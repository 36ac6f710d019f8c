import Blosc2
import Catalogue
import Versions

/// A chunk of which some blocks are held: where its blocks lie, and which are there.
struct PartialChunk: Sendable {
    /// The blocks as the digests have them, in the chunk, in the order of the bytes.
    let ranges: [Range<Int>]
    /// Where an array's blocks are among them; `nil` when the chunk is not divisible.
    let blocks: ChunkBlocks?
    private(set) var held: ChunkSet
    private(set) var heldBytes: Int64 = 0
    var heldRanges: [Range<Int>] { ranges.indices.lazy.filter { held.contains($0) }.map { ranges[$0] } }

    /// Longer ones are kept as a whole or not at all: no Blosc2 chunk is longer.
    private static let lengthLimit = Int(Int32.max)

    /// `nil` when the chunk is too long to be kept in parts.
    ///
    /// - Parameter head: the chunk's first bytes, as many as ``ChunkLayout/headLength(startingWith:length:)`` says.
    init?(content: Manifest.Content, head: RawSpan, length: Int) {
        guard length <= Self.lengthLimit else { return nil }
        switch content {
        case .frame:
            ranges = ChunkLayout.blocks(startingWith: head, length: length)
            blocks = ChunkBlocks(startingWith: head, length: length)
        case .plain:
            ranges = stride(from: 0, to: length, by: ChunkLayout.plainLength).map {
                $0..<min($0 + ChunkLayout.plainLength, length)
            }
            blocks = nil
        }
        held = ChunkSet(capacity: ranges.count)
    }

    /// The blocks of a plain file's chunk that have some of these bytes.
    static func plainBlocks(touching bytes: Range<Int>) -> Range<Int> {
        guard !bytes.isEmpty else { return 0..<0 }
        return bytes.lowerBound / ChunkLayout.plainLength..<(bytes.upperBound - 1) / ChunkLayout.plainLength + 1
    }

    mutating func insert(_ place: Int) {
        if held.insert(place) { heldBytes += Int64(ranges[place].count) }
    }
}

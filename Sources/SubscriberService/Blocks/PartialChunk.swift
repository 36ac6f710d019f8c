import Arrays
import Blosc2
import Catalogue
import Platform
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

    /// Of the first blocks of a chunk that have come; `nil` when its head is not among them.
    init?(beginningWith proven: ProvenBlocks, of chunk: Manifest.Chunk, _ content: Manifest.Content) {
        guard let first = proven.blocks.first, content == .plain || first.index == 0 else { return nil }
        let begun = first.bytes.withBytes { PartialChunk(content: content, head: $0, length: Int(chunk.length)) }
        guard let begun else { return nil }
        self = begun
    }

    /// The blocks of a plain file's chunk that have some of these bytes.
    static func plainBlocks(touching bytes: Range<Int>) -> Range<Int> {
        guard !bytes.isEmpty else { return 0..<0 }
        return bytes.lowerBound / ChunkLayout.plainLength..<(bytes.upperBound - 1) / ChunkLayout.plainLength + 1
    }

    /// The same chunk, with nothing held of it.
    var empty: PartialChunk {
        var chunk = self
        (chunk.held, chunk.heldBytes) = (ChunkSet(capacity: ranges.count), 0)
        return chunk
    }

    /// The places of the blocks that have some of these bytes and are not held.
    func missing(bytes: Range<Int>) -> [Int] {
        ranges.indices.filter { ranges[$0].overlaps(bytes) && !held.contains($0) }
    }

    /// The places of the blocks that are needed for what is taken from the chunk, and are not held.
    func missing(for touched: TouchedChunk) -> [Int] {
        // No chunk has as many blocks as a made-up geometry may name.
        let isNamed = touched.blockCount <= 1 << 17
        let needed =
            isNamed ? blocks.map { touched.layoutIndices(in: $0) } ?? Array(ranges.indices) : Array(ranges.indices)
        return needed.filter { !held.contains($0) }
    }

    mutating func insert(_ place: Int) {
        if held.insert(place) { heldBytes += Int64(ranges[place].count) }
    }
}

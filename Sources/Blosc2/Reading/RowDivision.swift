/// Divides an array so that its chunks, and the blocks in them, follow each other in memory as the items do.
///
/// One dimension is divided; those before it have chunks of 1, those behind it are whole.
struct RowDivision {
    let chunks: [Int]
    let blocks: [Int]
    /// With padding at the end of the divided dimension.
    let chunkByteCount: Int
    let blockByteCount: Int
    /// Of the divided dimension and those behind it: chunks do not cross its end.
    let rowByteCount: Int

    private static let chunkBytes = 4 << 20
    private static let blockBytes = 1 << 18

    /// Nil when an item is larger than a block can be.
    init?(_ shape: [Int], itemSize: Int) {
        guard itemSize <= 1 << 28 else { return nil }
        // In an array without items every size is one that could be.
        let sizes = shape.map { max($0, 1) }
        var axis = sizes.count - 1
        var inner = itemSize
        while axis > 0, inner * sizes[axis] <= Self.chunkBytes {
            inner *= sizes[axis]
            axis -= 1
        }
        guard axis >= 0, !shape.contains(0) else {
            chunks = shape.contains(0) ? shape.map { min($0, 1) } : shape
            blocks = chunks
            chunkByteCount = itemSize
            blockByteCount = itemSize
            rowByteCount = itemSize
            return
        }
        let size = sizes[axis]
        let block = min(max(Self.blockBytes / inner, 1), size)
        let most = max(Self.chunkBytes / (inner * block), 1)
        let needed = (size + block - 1) / block
        let chunk = min(most, needed) * block
        let before = [Int](repeating: 1, count: axis)
        let after = Array(sizes[(axis + 1)...])
        // A chunk that is not divided has no padding.
        chunks = before + [min(chunk, size)] + after
        blocks = before + [block] + after
        chunkByteCount = chunk * inner
        blockByteCount = block * inner
        rowByteCount = size * inner
    }

    /// The items of each chunk, as ranges of their bytes; all together `byteCount`.
    func pieces(of byteCount: Int) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        for row in stride(from: 0, to: byteCount, by: rowByteCount) {
            for start in stride(from: row, to: row + rowByteCount, by: chunkByteCount) {
                pieces.append(start..<min(start + chunkByteCount, row + rowByteCount))
            }
        }
        return pieces
    }
}

internal import Arrays

/// Turns offsets into places in a file of which the chunks themselves may be missing: how long they are say the pieces
/// that the file is known to be cut into.
struct PieceFinder {
    /// Where chunks may be.
    let data: Range<Int64>
    /// Ascending.
    let pieces: [Range<Int64>]

    func find(_ offsets: [Int64]) throws(ArrayError) -> [FrameLayout.Chunk] {
        var chunks: [FrameLayout.Chunk] = []
        chunks.reserveCapacity(offsets.count)
        for (index, offset) in offsets.enumerated() { chunks.append(try chunk(index, offset)) }
        return chunks
    }

    private func chunk(_ index: Int, _ offset: Int64) throws(ArrayError) -> FrameLayout.Chunk {
        if offset < 0 {
            guard let value = SpecialValue(offset: offset) else {
                throw .corrupt("chunk \(index): of an unknown special value")
            }
            return .special(value)
        }
        guard offset < data.upperBound - data.lowerBound, let piece = piece(at: data.lowerBound + offset),
            piece.upperBound <= data.upperBound
        else { throw .corrupt("chunk \(index): no chunk is known at \(offset) of the data") }
        return .stored(offset: piece.lowerBound, length: piece.count)
    }

    private func piece(at start: Int64) -> Range<Int64>? {
        var low = 0, high = pieces.count
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].lowerBound < start { low = middle + 1 } else { high = middle }
        }
        return low < pieces.count && pieces[low].lowerBound == start ? pieces[low] : nil
    }
}

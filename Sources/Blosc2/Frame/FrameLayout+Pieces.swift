extension FrameLayout {
    /// The whole file, cut at the borders of header, chunks, offsets and trailer: ascending, without overlap or gap.
    /// Unused space, as rewritten or deleted chunks leave it, is cut to pieces of at most 1 MiB.
    public var pieces: [Range<Int64>] {
        var used = [header]
        used += storedRanges
        if let offsetsChunk { used.append(offsetsChunk) }
        used.append(trailer)
        var result: [Range<Int64>] = []
        result.reserveCapacity(used.count + 1)
        var position: Int64 = 0
        for piece in used {
            Self.cut(position..<piece.lowerBound, into: &result)
            result.append(piece)
            position = piece.upperBound
        }
        Self.cut(position..<fileSize, into: &result)
        return result
    }

    /// Of the chunks that have bytes, in the file's order, each place once.
    var storedRanges: [Range<Int64>] {
        var ranges = chunks.compactMap { chunk -> Range<Int64>? in
            guard case .stored(let offset, let length) = chunk else { return nil }
            return offset..<(offset + Int64(length))
        }
        if !zip(ranges, ranges.dropFirst()).allSatisfy({ $0.lowerBound < $1.lowerBound }) {
            ranges.sort { $0.lowerBound < $1.lowerBound }
            ranges = ranges.indices.filter { $0 == 0 || ranges[$0] != ranges[$0 - 1] }.map { ranges[$0] }
        }
        return ranges
    }

    private static func cut(_ gap: Range<Int64>, into pieces: inout [Range<Int64>]) {
        var position = gap.lowerBound
        while position < gap.upperBound {
            let end = min(position + maximumGap, gap.upperBound)
            pieces.append(position..<end)
            position = end
        }
    }
}

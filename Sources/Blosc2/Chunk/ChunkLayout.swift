public import Platform

/// How a stored chunk divides into blocks, the units that are fetched and verified.
///
/// A function of the chunk's bytes alone, so that publisher and subscriber, on any machine, find the same.
public enum ChunkLayout {
    /// How a chunk is cut that does not divide into blocks.
    public static let plainLength = 1 << 16
    /// Blocks that are longer are cut, so that what is fetched and verified at once stays small.
    public static let maximumLength = 1 << 20
    private static let maximumBlockCount = 1 << 16

    /// A partition of the chunk, in the order of its bytes: its head (header, table of blocks, dictionary), then its
    /// blocks. Bytes that are no chunk, or that contradict themselves, are cut into 64 KiB.
    public static func blocks(of chunk: RawSpan) -> [Range<Int>] {
        blocks(startingWith: chunk, length: chunk.byteCount)
    }

    public static func blocks(of chunk: SharedBytes) -> [Range<Int>] {
        chunk.withBytes { blocks(of: $0) }
    }

    /// The same from the chunk's first bytes alone; as many as ``headLength(startingWith:length:)`` says must be there.
    public static func blocks(startingWith head: RawSpan, length: Int) -> [Range<Int>] {
        guard let header = divisibleHeader(head, length: length) else { return plain(length) }
        guard var starts = starts(header, head, length: length) else { return plain(length) }
        starts.sort()
        var result: [Range<Int>] = []
        result.reserveCapacity(starts.count + 1)
        for (start, end) in zip([0] + starts, starts + [length]) {
            cut(start..<end, to: maximumLength, into: &result)
        }
        return result
    }

    /// How many of a chunk's first bytes ``blocks(startingWith:length:)`` looks at, said by the first 32 of them.
    public static func headLength(startingWith first: RawSpan, length: Int) -> Int {
        guard let header = divisibleHeader(first, length: length) else { return min(length, ChunkHeader.length) }
        return header.isCopied ? header.headerLength : header.headerLength + 4 * header.blockCount
    }

    /// The header, when it makes sense and speaks of blocks that are found in the chunk.
    static func divisibleHeader(_ head: RawSpan, length: Int) -> ChunkHeader? {
        guard length >= 16, let header = ChunkHeader(head), header.cbytes == length, header.nbytes > 0,
            header.blockSize > 0, !header.isSpecial, !header.isLazy, !header.hasBlocksOfVariableLength,
            header.blockCount <= maximumBlockCount
        else { return nil }
        if header.isCopied { return header.headerLength + header.nbytes == length ? header : nil }
        return header.headerLength + 4 * header.blockCount < length ? header : nil
    }

    /// Where each block begins; threads write them in the order in which they are ready. Nil when two begin at one place.
    static func starts(_ header: ChunkHeader, _ head: RawSpan, length: Int) -> [Int]? {
        guard !header.isCopied else {
            return Array(stride(from: header.headerLength, to: length, by: header.blockSize))
        }
        let tableEnd = header.headerLength + 4 * header.blockCount
        var starts: [Int] = []
        starts.reserveCapacity(header.blockCount)
        for index in 0..<header.blockCount {
            guard let start: Int32 = head.littleEndian(header.headerLength + 4 * index), start >= tableEnd,
                start < length
            else { return nil }
            starts.append(Int(start))
        }
        func areDistinct(_ ascending: [Int]) -> Bool { zip(ascending, ascending.dropFirst()).allSatisfy { $0 < $1 } }
        return areDistinct(starts) || areDistinct(starts.sorted()) ? starts : nil
    }

    private static func plain(_ length: Int) -> [Range<Int>] {
        var result: [Range<Int>] = []
        cut(0..<length, to: plainLength, into: &result)
        return result
    }

    private static func cut(_ range: Range<Int>, to limit: Int, into result: inout [Range<Int>]) {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: limit) {
            result.append(start..<min(start + limit, range.upperBound))
        }
    }
}

extension ChunkHeader {
    /// How many blocks there are, when `blockSize` and `nbytes` are positive.
    var blockCount: Int { (nbytes + blockSize - 1) / blockSize }
}

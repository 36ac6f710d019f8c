public import Arrays
public import Platform

/// Where in a stored chunk each of its blocks is, as the chunk's head says.
///
/// Blocks are numbered in the order of the data; threads stored them in any order. The ranges are those of
/// ``ChunkLayout``, which says of the same chunk how it is fetched and verified.
public struct ChunkBlocks: Sendable {
    /// Uncompressed, of all blocks but the last.
    public let blockSize: Int
    /// Uncompressed, of all.
    public let byteCount: Int
    /// What must be there to read any block: header, table of blocks, dictionary.
    public let head: Range<Int>
    let header: ChunkHeader
    private let starts: [Int]
    private let ends: [Int]
    /// Of ``ChunkLayout/blocks(of:)``, the first that holds something of the block.
    private let firstLayoutIndices: [Int]

    /// Nil when the chunk does not divide into blocks, so that all of it is needed.
    ///
    /// - Parameter head: as many of the chunk's first bytes as ``ChunkLayout/headLength(startingWith:length:)`` says.
    public init?(startingWith head: RawSpan, length: Int) {
        guard let header = ChunkLayout.divisibleHeader(head, length: length),
            let starts = ChunkLayout.starts(header, head, length: length)
        else { return nil }
        self.header = header
        blockSize = header.blockSize
        byteCount = header.nbytes
        self.starts = starts
        let isAscending = zip(starts, starts.dropFirst()).allSatisfy { $0 < $1 }
        let order = isAscending ? Array(starts.indices) : starts.indices.sorted { starts[$0] < starts[$1] }
        self.head = 0..<(order.first.map { starts[$0] } ?? length)
        var ends = [Int](repeating: length, count: starts.count)
        var firstLayoutIndices = ends
        var layoutIndex = Self.pieces(self.head.count)
        for (rank, block) in order.enumerated() {
            if rank + 1 < order.count { ends[block] = starts[order[rank + 1]] }
            firstLayoutIndices[block] = layoutIndex
            layoutIndex += Self.pieces(ends[block] - starts[block])
        }
        self.ends = ends
        self.firstLayoutIndices = firstLayoutIndices
    }

    public init?(startingWith head: SharedBytes, length: Int) {
        guard let blocks = head.withBytes({ Self(startingWith: $0, length: length) }) else { return nil }
        self = blocks
    }

    public var count: Int { starts.count }

    /// Where the block is in the chunk.
    public func range(of block: Int) -> Range<Int> { starts[block]..<ends[block] }

    /// Which of the layout's ranges hold the block.
    public func layoutIndices(of block: Int) -> Range<Int> {
        let first = firstLayoutIndices[block]
        return first..<(first + Self.pieces(range(of: block).count))
    }

    /// Which of the layout's ranges hold what must be there to read any block.
    public var headLayoutIndices: Range<Int> { 0..<Self.pieces(head.count) }

    /// Whether each block is the difference to block 0, which is needed with any other.
    public var needsFirstBlock: Bool { !header.isCopied && header.filters.contains(3) }

    /// The blocks that hold some of the chunk's uncompressed bytes.
    func blocks(holding bytes: Range<Int>) -> Range<Int> {
        let end = min(bytes.upperBound, byteCount)
        guard bytes.lowerBound < end else { return 0..<0 }
        return (bytes.lowerBound / blockSize)..<((end - 1) / blockSize + 1)
    }

    private static func pieces(_ length: Int) -> Int {
        (length + ChunkLayout.maximumLength - 1) / ChunkLayout.maximumLength
    }
}

extension TouchedChunk {
    /// Which ranges of ``ChunkLayout/blocks(startingWith:length:)`` must be there to read what is taken from the chunk:
    /// ascending.
    ///
    /// - Parameter head: as many of the chunk's first bytes as ``ChunkLayout/headLength(startingWith:length:)`` says.
    public func layoutIndices(startingWith head: RawSpan, length: Int) -> [Int] {
        guard let blocks = ChunkBlocks(startingWith: head, length: length) else {
            return Array(ChunkLayout.blocks(startingWith: head, length: length).indices)
        }
        return layoutIndices(in: blocks)
    }

    /// The same, where the chunk's blocks are known already.
    public func layoutIndices(in blocks: ChunkBlocks) -> [Int] {
        var needed = [blocks.headLayoutIndices]
        if blocks.needsFirstBlock { needed.append(blocks.layoutIndices(of: 0)) }
        for bytes in byteRanges {
            for block in blocks.blocks(holding: bytes) { needed.append(blocks.layoutIndices(of: block)) }
        }
        return needed.merged.flatMap { Array($0) }
    }

    public func layoutIndices(startingWith head: SharedBytes, length: Int) -> [Int] {
        head.withBytes { layoutIndices(startingWith: $0, length: length) }
    }
}

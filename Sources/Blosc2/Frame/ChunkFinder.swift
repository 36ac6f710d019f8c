internal import Arrays
internal import Platform

/// Turns offsets into places in the file; how long a chunk is says its own header.
struct ChunkFinder {
    /// Where chunks may be.
    let data: Range<Int64>

    /// What was read last: where chunks are small, one read serves many of their headers.
    private var window = SharedBytes([])
    private var windowStart: Int64 = 0
    private var windowLength = ChunkHeader.length

    init(data: Range<Int64>) { self.data = data }

    consuming func find(
        _ offsets: [Int64], in source: some ByteSource
    ) throws(ArrayError) -> [FrameLayout.Chunk] {
        var chunks: [FrameLayout.Chunk] = []
        chunks.reserveCapacity(offsets.count)
        for (index, offset) in offsets.enumerated() {
            chunks.append(try chunk(index, offset, in: source))
        }
        return chunks
    }

    private mutating func chunk(
        _ index: Int, _ offset: Int64, in source: some ByteSource
    ) throws(ArrayError) -> FrameLayout.Chunk {
        guard offset >= 0 else {
            guard let value = SpecialValue(offset: offset) else {
                throw .corrupt("chunk \(index): of an unknown special value")
            }
            return .special(value)
        }
        let room = data.upperBound - data.lowerBound
        guard offset <= room - Int64(ChunkHeader.length) else {
            throw .corrupt("chunk \(index): begins at \(offset) of \(room) bytes of data")
        }
        let start = data.lowerBound + offset
        guard let header = try chunkHeader(at: start, in: source), header.cbytes >= ChunkHeader.length else {
            throw .corrupt("chunk \(index): no chunk at \(start)")
        }
        guard Int64(header.cbytes) <= room - offset else {
            throw .corrupt("chunk \(index): ends at \(offset + Int64(header.cbytes)) of \(room) bytes of data")
        }
        windowLength = header.cbytes < 4096 ? 1 << 16 : ChunkHeader.length
        return .stored(offset: start, length: header.cbytes)
    }

    private mutating func chunkHeader(at start: Int64, in source: some ByteSource) throws(ArrayError) -> ChunkHeader? {
        let end = start + Int64(ChunkHeader.length)
        if start < windowStart || end > windowStart + Int64(window.count) {
            window = try source.bytes(start..<min(start + Int64(windowLength), data.upperBound), of: "chunk header")
            windowStart = start
        }
        return window.withBytes { ChunkHeader($0, at: Int(start - windowStart)) }
    }
}

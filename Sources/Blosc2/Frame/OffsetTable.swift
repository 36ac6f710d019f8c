internal import Arrays
internal import Platform

/// The chunk that says where the chunks are.
struct OffsetTable {
    let range: Range<Int64>
    /// From the end of the header; negative ones stand for a special value.
    let offsets: [Int64]

    /// - Parameter end: where the trailer begins.
    init(_ source: some ByteSource, _ fields: FrameHeader, end: Int64) throws(ArrayError) {
        guard fields.cbytes <= end - fields.headerLength - Int64(ChunkHeader.length) else {
            throw .corrupt(
                "offsets chunk: begins \(fields.cbytes) bytes after the header, behind the trailer at \(end)")
        }
        let start = fields.headerLength + fields.cbytes
        let head = try source.bytes(start..<(start + Int64(ChunkHeader.length)), of: "offsets chunk")
        guard let chunk = head.withBytes(ChunkHeader.init), chunk.cbytes >= ChunkHeader.length else {
            throw .corrupt("offsets chunk: no chunk at \(start)")
        }
        guard Int64(chunk.cbytes) <= end - start else {
            throw .corrupt("offsets chunk: ends at \(start + Int64(chunk.cbytes)), behind the trailer at \(end)")
        }
        let count = try Self.chunkCount(fields, offsets: chunk)
        range = start..<(start + Int64(chunk.cbytes))
        let compressed = try source.bytes(range, of: "offsets chunk")
        let table = try Decompression.decompress(compressed, limit: count * 8, of: "offsets chunk")
        guard table.count == count * 8 else { throw .corrupt("offsets chunk: has not one offset per chunk") }
        offsets = table.withBytes { bytes in (0..<count).map { bytes.littleEndian($0 * 8) ?? 0 } }
    }

    private static func chunkCount(_ fields: FrameHeader, offsets: ChunkHeader) throws(ArrayError) -> Int {
        guard fields.chunkSize >= 0, offsets.nbytes % 8 == 0 else {
            throw .corrupt("frame header: chunks of \(fields.chunkSize) bytes, offsets of \(offsets.nbytes)")
        }
        var count = Int64(offsets.nbytes / 8)
        if fields.chunkSize > 0 {
            let size = Int64(fields.chunkSize)
            let expected = fields.nbytes / size + (fields.nbytes % size > 0 ? 1 : 0)
            guard count == expected else {
                throw .corrupt("offsets chunk: has \(count) offsets for \(expected) chunks")
            }
            count = expected
        }
        guard count > 0 else { throw .corrupt("offsets chunk: no offsets, but \(fields.nbytes) bytes of data") }
        guard count <= FrameLayout.maximumChunkCount else {
            throw ArrayError(.tooLarge, "\(count) chunks, more than \(FrameLayout.maximumChunkCount)")
        }
        return Int(count)
    }
}

internal import Arrays
internal import Platform

/// Where in a file a chunk is, and its number for messages.
struct StoredChunk: CustomStringConvertible {
    let number: Int
    let offset: Int64
    let length: Int

    private static let maximumBlockCount = 1 << 22

    var description: String { "chunk \(number)" }
    var range: Range<Int64> { offset..<(offset + Int64(length)) }

    /// The header and the table of blocks; in one read, when there are as many blocks as expected.
    func head(of source: some ByteSource, expectedBlocks: Int) throws(ArrayError) -> SharedBytes {
        let expected = min(ChunkHeader.length + 4 * min(expectedBlocks, 1 << 16), length)
        let first = try source.bytes(offset..<(offset + Int64(expected)), of: description)
        guard let header = first.withBytes(ChunkHeader.init), header.nbytes > 0, header.blockSize > 0,
            !header.isSpecial, !header.isCopied
        else { return first }
        guard header.blockCount <= Self.maximumBlockCount else {
            throw ArrayError(.tooLarge, "\(self): \(header.blockCount) blocks")
        }
        let needed = header.headerLength + 4 * header.blockCount
        guard needed > first.count, needed < length else { return first }
        return try source.bytes(offset..<(offset + Int64(needed)), of: description)
    }

    /// Fills the start of `memory` with a part of the chunk.
    func read(
        _ part: Range<Int>, of source: some ByteSource, to memory: UnsafeMutableRawBufferPointer
    ) throws(ArrayError) {
        guard part.count <= memory.count else { throw .corrupt("\(self): a block is longer than it can be") }
        var span = OutputRawSpan(
            buffer: UnsafeMutableRawBufferPointer(rebasing: memory[..<part.count]), initializedCount: 0)
        do {
            try source.read(at: offset + Int64(part.lowerBound), count: part.count, into: &span)
        } catch {
            throw ArrayError(.inputOutput, description, cause: error)
        }
        guard span.byteCount == part.count else {
            throw ArrayError(.inputOutput, "\(self): the file became shorter while it was read")
        }
    }
}

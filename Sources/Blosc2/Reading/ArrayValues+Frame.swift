public import Arrays
internal import CBlosc2
public import Platform

extension ArrayValues {
    /// As a contiguous Blosc2 frame, that of an array when there is a type.
    ///
    /// Chunks and blocks are whole rows, so that the items need not be put in another order.
    public func frame(_ codec: FrameCodec = .fast) throws(ArrayError) -> SharedBytes {
        guard [0, 1, 2, 4, 5].contains(codec.codec) else {
            throw ArrayError(.invalidRequest, "codec \(codec.codec) is not one to answer with")
        }
        guard let division = RowDivision(shape, itemSize: itemSize) else {
            throw ArrayError(.tooLarge, "items of \(itemSize) bytes do not fit a frame")
        }
        let metalayer = try dtype.map { dtype throws(ArrayError) in try Self.metalayer(shape, division, dtype) }
        let compression = try ChunkCompression(codec, itemSize: itemSize, blockSize: division.blockByteCount)
        var frame = FrameWriter(codec, itemSize: itemSize, division, metalayer: metalayer)
        let pieces = division.pieces(of: bytes.count)
        let capacity = frame.capacity(chunkCount: pieces.count)
        return try SharedBytes(capacity: capacity) { (span: inout OutputRawSpan) throws(ArrayError) in
            let outcome = span.withUnsafeMutableBytes { buffer, initialized in
                Result { () throws(ArrayError) in
                    for piece in pieces {
                        let length = try append(piece, division, compression, to: frame.room(in: buffer))
                        frame.addChunk(
                            length: length, uncompressed: dtype == nil ? piece.count : division.chunkByteCount)
                    }
                    initialized = frame.finish(in: buffer)
                }
            }
            try outcome.get()
        }
    }

    /// A chunk of the items in `piece`; in an array it is filled up with zeros, in a frame of items it may be shorter.
    private func append(
        _ piece: Range<Int>, _ division: RowDivision, _ compression: ChunkCompression,
        to room: UnsafeMutableRawBufferPointer
    ) throws(ArrayError) -> Int {
        defer { withExtendedLifetime(bytes) {} }
        let items = UnsafeRawBufferPointer(rebasing: bytes.pointer[piece])
        guard dtype != nil, items.count < division.chunkByteCount else {
            return try compression.compress(items, to: room)
        }
        let padded = UnsafeMutableRawBufferPointer.allocate(byteCount: division.chunkByteCount, alignment: 64)
        defer { padded.deallocate() }
        padded.copyMemory(from: items)
        UnsafeMutableRawBufferPointer(rebasing: padded[items.count...]).initializeMemory(as: UInt8.self, repeating: 0)
        return try compression.compress(UnsafeRawBufferPointer(padded), to: room)
    }

    private static func metalayer(
        _ shape: [Int], _ division: RowDivision, _ dtype: String
    ) throws(ArrayError) -> [UInt8] {
        let content = ArrayMetalayer.content(
            shape: shape.map(Int64.init), chunks: division.chunks, blocks: division.blocks, dtype: dtype)
        guard let content else { throw ArrayError(.tooLarge, "the array's description does not fit a frame") }
        return content
    }
}

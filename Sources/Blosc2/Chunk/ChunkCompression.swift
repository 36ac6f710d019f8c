internal import Arrays
internal import CBlosc2

/// Compresses chunks, with the calling thread alone.
final class ChunkCompression {
    private let context: OpaquePointer

    init(_ codec: FrameCodec, itemSize: Int, blockSize: Int) throws(ArrayError) {
        _ = Decompression.library
        var parameters = blosc2_get_blosc2_cparams_defaults()
        parameters.typesize = Int32(itemSize)
        parameters.compcode = codec.codec
        parameters.clevel = codec.level
        parameters.blocksize = Int32(blockSize)
        parameters.nthreads = 1
        guard let made = blosc2_create_cctx(parameters) else {
            throw ArrayError(.inputOutput, "no memory for the answer")
        }
        context = made
    }

    /// With more room C-Blosc2 would make small chunks longer than a copy is.
    private static let overhead = 32

    deinit { blosc2_free_ctx(context) }

    /// - Returns: the length of the chunk, at most 32 bytes longer than its items.
    func compress(_ items: UnsafeRawBufferPointer, to room: UnsafeMutableRawBufferPointer) throws(ArrayError) -> Int {
        let length = blosc2_compress_ctx(
            context, items.baseAddress, Int32(items.count), room.baseAddress,
            Int32(min(room.count, items.count + Self.overhead)))
        guard length > 0 else { throw ArrayError(.inputOutput, "the answer cannot be compressed (\(length))") }
        return Int(length)
    }
}

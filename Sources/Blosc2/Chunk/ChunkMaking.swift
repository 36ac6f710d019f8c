public import Arrays
internal import CBlosc2
public import Platform

/// Chunks that no frame has as such, made for who asks for a chunk by its number.
public enum ChunkMaking {
    /// The chunk that stands for a special value: a header alone, as C-Blosc2 makes it.
    ///
    /// - Parameters:
    ///   - byteCount: uncompressed, of the whole chunk.
    ///   - blockSize: 0 leaves it to C-Blosc2.
    public static func chunk(
        of value: SpecialValue, byteCount: Int, blockSize: Int, typeSize: Int
    ) throws(ArrayError) -> SharedBytes {
        guard let count = Int32(exactly: byteCount), count > 0, let size = Int32(exactly: typeSize), size > 0 else {
            throw ArrayError(.unsupported, "a chunk of \(byteCount) bytes")
        }
        _ = Decompression.library
        var parameters = blosc2_get_blosc2_cparams_defaults()
        parameters.typesize = size
        parameters.blocksize = Int32(clamping: blockSize)
        parameters.nthreads = 1
        return try SharedBytes(capacity: ChunkHeader.length) { (span: inout OutputRawSpan) throws(ArrayError) in
            let got = span.withUnsafeMutableBytes { buffer, initialized -> Int32 in
                let room = Int32(buffer.count)
                let got =
                    switch value {
                    case .zeros: blosc2_chunk_zeros(parameters, count, buffer.baseAddress, room)
                    case .notANumber: blosc2_chunk_nans(parameters, count, buffer.baseAddress, room)
                    case .uninitialized: blosc2_chunk_uninit(parameters, count, buffer.baseAddress, room)
                    }
                initialized = Int(max(got, 0))
                return got
            }
            guard got > 0 else { throw .corrupt("a special chunk of \(byteCount) bytes cannot be made (\(got))") }
        }
    }

    /// A chunk of any bytes, at least one.
    public static func chunk(of bytes: SharedBytes, _ codec: FrameCodec = .fast) throws(ArrayError) -> SharedBytes {
        guard bytes.count > 0, bytes.count < 1 << 30 else {
            throw ArrayError(.unsupported, "a chunk of \(bytes.count) bytes")
        }
        let compression = try ChunkCompression(codec, itemSize: 1, blockSize: 0)
        let capacity = bytes.count + ChunkHeader.length
        return try SharedBytes(capacity: capacity) { (span: inout OutputRawSpan) throws(ArrayError) in
            // Typed throws do not pass through the standard library's closure; the outcome does.
            let outcome = span.withUnsafeMutableBytes { buffer, initialized in
                Result { () throws(ArrayError) in
                    initialized = try compression.compress(bytes.pointer, to: buffer)
                }
            }
            withExtendedLifetime(bytes) {}
            try outcome.get()
        }
    }
}

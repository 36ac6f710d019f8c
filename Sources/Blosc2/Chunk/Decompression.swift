internal import Arrays
internal import CBlosc2
internal import Platform

/// Decompresses small chunks of untrusted frames: tables of offsets, user attributes.
enum Decompression {
    /// Registers what C-Blosc2 brings along; once per process, before anything else of it is used.
    static let library: Void = blosc2_init()

    /// The content of a chunk that fills all of `chunk` and says that it has at most `limit` bytes.
    static func decompress(_ chunk: SharedBytes, limit: Int, of part: String) throws(ArrayError) -> SharedBytes {
        let header = try check(chunk, limit: limit, of: part)
        guard header.nbytes > 0 else { return SharedBytes([]) }
        _ = library
        var parameters = blosc2_dparams()
        parameters.nthreads = 1
        guard let context = blosc2_create_dctx(parameters) else {
            throw ArrayError(.inputOutput, "\(part): no memory to decompress it")
        }
        defer { blosc2_free_ctx(context) }
        return try SharedBytes(capacity: header.nbytes) { (span: inout OutputRawSpan) throws(ArrayError) in
            let got = span.withUnsafeMutableBytes { buffer, initialized -> Int32 in
                let source = chunk.pointer
                let got = blosc2_decompress_ctx(
                    context, source.baseAddress, Int32(source.count), buffer.baseAddress, Int32(header.nbytes))
                initialized = Int(max(got, 0))
                return got
            }
            guard got == header.nbytes else { throw .corrupt("\(part): cannot be decompressed (\(got))") }
        }
    }

    /// Only what C-Blosc2 decompresses from this memory alone: a lazy chunk would make it look for a file, a registered
    /// codec or filter for a plugin.
    private static func check(_ chunk: SharedBytes, limit: Int, of part: String) throws(ArrayError) -> ChunkHeader {
        guard chunk.count >= ChunkHeader.length, let header = chunk.withBytes(ChunkHeader.init) else {
            throw .corrupt("\(part): \(chunk.count) bytes are too few for a chunk")
        }
        guard header.cbytes == chunk.count, header.nbytes >= 0, header.typeSize > 0, header.isExtended else {
            throw .corrupt("\(part): its chunk header makes no sense")
        }
        guard header.nbytes == 0 || (header.blockSize > 0 && header.blockSize <= header.nbytes) else {
            throw .corrupt("\(part): blocks of \(header.blockSize) bytes in a chunk of \(header.nbytes)")
        }
        guard header.nbytes <= limit else {
            throw ArrayError(.tooLarge, "\(part): \(header.nbytes) bytes, more than \(limit)")
        }
        guard [0, 1, 3, 4].contains(header.codecFormat), header.filters.allSatisfy({ $0 <= 4 }), !header.isLazy,
            !header.isInstrumented, !header.hasBlocksOfVariableLength
        else { throw ArrayError(.unsupported, "\(part): needs a codec or filter that is not built in") }
        return header
    }
}

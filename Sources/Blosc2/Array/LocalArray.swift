internal import Arrays
internal import CBlosc2
internal import Platform

/// An array file of our own, open for writing.
///
/// Never for a file from somebody else: C-Blosc2 reads it, and believes it. One thread at a time.
struct LocalArray: ~Copyable {
    private let array: UnsafeMutablePointer<b2nd_array_t>
    private let path: String

    /// Opens a file that exists.
    init(opening path: String) throws(ArrayError) {
        _ = Decompression.library
        var opened: UnsafeMutablePointer<b2nd_array_t>?
        try Self.check(b2nd_open(path, &opened), "open \(path)")
        guard let opened else { throw ArrayError(.inputOutput, "open \(path): no array") }
        array = opened
        self.path = path
    }

    /// Makes a file, of zeros.
    init(creating path: String, _ description: ArrayDescription) throws(ArrayError) {
        let itemSize = try description.checkedItemSize()
        _ = Decompression.library
        var parameters = blosc2_get_blosc2_cparams_defaults()
        parameters.typesize = Int32(itemSize)
        parameters.compcode = UInt8(BLOSC_ZSTD)
        parameters.clevel = UInt8(min(max(description.compressionLevel, 0), 9))
        parameters.nthreads = Int16(clamping: max(description.threads, 1))
        var made: UnsafeMutablePointer<b2nd_array_t>?
        let status = withUnsafeMutablePointer(to: &parameters) { parameters in
            path.withCString { path in
                var storage = blosc2_get_blosc2_storage_defaults()
                storage.contiguous = true
                // C-Blosc2 copies the name.
                storage.urlpath = UnsafeMutablePointer(mutating: path)
                storage.cparams = parameters
                let context = b2nd_create_ctx(
                    &storage, Int8(description.shape.count), description.shape, description.chunks.map(Int32.init),
                    description.blocks.map(Int32.init), description.dtype, Int8(DTYPE_NUMPY_FORMAT), nil, 0)
                guard let context else { return Int32(BLOSC2_ERROR_INVALID_PARAM) }
                defer { b2nd_free_ctx(context) }
                return b2nd_zeros(context, &made)
            }
        }
        try Self.check(status, "create \(path)")
        guard let made else { throw ArrayError(.inputOutput, "create \(path): no array") }
        array = made
        self.path = path
    }

    deinit { b2nd_free(array) }

    var shape: [Int64] {
        withUnsafeBytes(of: &array.pointee.shape) {
            Array($0.bindMemory(to: Int64.self).prefix(Int(array.pointee.ndim)))
        }
    }

    /// Makes the array longer, with `bytes` as its last rows.
    func append(_ bytes: RawSpan) throws(ArrayError) {
        let status = bytes.withUnsafeBytes { b2nd_append(array, $0.baseAddress, Int64($0.count), 0) }
        try Self.check(status, "append to \(path)")
    }

    /// Makes the array longer, with zeros, or shorter, along its first dimension.
    func resize(to rows: Int64) throws(ArrayError) {
        var shape = shape
        shape[0] = rows
        try Self.check(b2nd_resize(array, shape, nil), "resize \(path)")
    }

    /// Replaces rows that exist.
    func write(_ bytes: RawSpan, rows: Range<Int64>) throws(ArrayError) {
        var start = [Int64](repeating: 0, count: shape.count)
        var stop = shape
        start[0] = rows.lowerBound
        stop[0] = rows.upperBound
        let size = zip(start, stop).map { $1 - $0 }
        let status = bytes.withUnsafeBytes {
            b2nd_set_slice_cbuffer($0.baseAddress, size, Int64($0.count), start, stop, array)
        }
        try Self.check(status, "write to \(path)")
    }

    private static func check(_ status: Int32, _ operation: String) throws(ArrayError) {
        guard status < 0 else { return }
        let reason = blosc2_error_string(status).map { String(cString: $0) } ?? "error \(status)"
        throw ArrayError(.inputOutput, "\(operation): \(reason)")
    }
}

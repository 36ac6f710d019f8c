internal import CBlosc2

/// What makes a frame an array: the content of its metalayer `b2nd`.
enum ArrayMetalayer {
    static func content(shape: [Int64], chunks: [Int], blocks: [Int], dtype: String) -> [UInt8]? {
        var start: UnsafeMutablePointer<UInt8>?
        let length = b2nd_serialize_meta(
            Int8(shape.count), shape, chunks.map(Int32.init), blocks.map(Int32.init), dtype,
            Int8(DTYPE_NUMPY_FORMAT), &start)
        guard length > 0, let start else { return nil }
        defer { free(start) }
        return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(length)))
    }
}

public import Platform

extension ArrayValues {
    /// As a file of NumPy, format 1.0: what `numpy.load` reads, and a browser without a library.
    ///
    /// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
    public var npy: SharedBytes {
        let sizes = shape.map { "\($0)," }.joined(separator: " ")
        let code = dtype ?? "|V\(itemSize)"
        // Structured types are lists or tables of Python already.
        let literal = code.hasPrefix("[") || code.hasPrefix("{") || code.hasPrefix("(") ? code : "'\(code)'"
        var header = Array("{'descr': \(literal), 'fortran_order': False, 'shape': (\(sizes)), }".utf8)
        // With the ten bytes before it, a multiple of 64.
        let length = (header.count + 11 + 63) / 64 * 64 - 10
        header += [UInt8](repeating: UInt8(ascii: " "), count: length - header.count - 1) + [UInt8(ascii: "\n")]
        let start: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xff), UInt8(length >> 8)]
        return SharedBytes(capacity: start.count + length + bytes.count) { (span: inout OutputRawSpan) in
            for byte in start + header { span.append(byte) }
            bytes.withBytes { content in
                span.withUnsafeMutableBytes { buffer, initialized in
                    content.withUnsafeBytes { buffer[initialized...].copyBytes(from: $0) }
                    initialized += content.byteCount
                }
            }
        }
    }
}

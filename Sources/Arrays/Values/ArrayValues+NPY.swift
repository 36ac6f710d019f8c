public import Platform

extension ArrayValues {
    /// As a file of NumPy: what `numpy.load` reads, and a browser without a library. Format 1.0; 3.0 where the head is not
    /// ASCII or too long for that.
    ///
    /// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
    public var npy: SharedBytes {
        let head = Self.head(shape: shape, code: dtype ?? "|V\(itemSize)")
        return SharedBytes(capacity: head.count + bytes.count) { (span: inout OutputRawSpan) in
            for byte in head { span.append(byte) }
            bytes.withBytes { content in
                span.withUnsafeMutableBytes { buffer, initialized in
                    content.withUnsafeBytes { buffer[initialized...].copyBytes(from: $0) }
                    initialized += content.byteCount
                }
            }
        }
    }

    /// All before the items: a multiple of 64 bytes.
    private static func head(shape: [Int], code: String) -> [UInt8] {
        let sizes = shape.map { "\($0)," }.joined(separator: " ")
        let type = ItemType(parsing: code)?.npyDescription ?? literal(code)
        let text = Array("{'descr': \(type), 'fortran_order': False, 'shape': (\(sizes)), }".utf8)
        let isShort = text.count < 0xff00 && text.allSatisfy { $0 < 0x80 }
        let start: [UInt8] = [0x93] + Array("NUMPY".utf8) + (isShort ? [1, 0] : [3, 0])
        let lengthSize = isShort ? 2 : 4
        let end = (start.count + lengthSize + text.count + 1 + 63) / 64 * 64
        let length = end - start.count - lengthSize
        return start + (0..<lengthSize).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + text
            + [UInt8](repeating: UInt8(ascii: " "), count: length - text.count - 1) + [UInt8(ascii: "\n")]
    }

    /// Structured types are lists or tables of Python already.
    private static func literal(_ code: String) -> String {
        code.hasPrefix("[") || code.hasPrefix("{") || code.hasPrefix("(") ? code : "'\(code)'"
    }
}

import Platform

/// Numbers from the command line, as the bytes of a NumPy type.
enum NumberText {
    static func bytes(_ texts: ArraySlice<String>, dtype: String) throws -> SharedBytes {
        var bytes: [UInt8] = []
        for text in texts {
            guard let item = item(text, dtype.drop { "<|=".contains($0) }) else {
                throw UsageError("'\(text)' is not a value of the type \(dtype)")
            }
            bytes += item
        }
        return SharedBytes(bytes)
    }

    private static func item(_ text: String, _ code: Substring) -> [UInt8]? {
        switch code {
        case "f4": Float(text).map { little($0.bitPattern) }
        case "f8": Double(text).map { little($0.bitPattern) }
        case "i1": Int8(text).map(little)
        case "i2": Int16(text).map(little)
        case "i4": Int32(text).map(little)
        case "i8": Int64(text).map(little)
        case "u1": UInt8(text).map(little)
        case "u2": UInt16(text).map(little)
        case "u4": UInt32(text).map(little)
        case "u8": UInt64(text).map(little)
        default: nil
        }
    }

    private static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        (0..<(Value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}

/// Bounds-checked reading of what somebody else wrote: nil instead of a trap where the bytes end.
extension RawSpan {
    func byte(_ offset: Int) -> UInt8? { littleEndian(offset) }

    func littleEndian<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as: Value.Type = Value.self) -> Value?
    {
        guard offset >= 0, byteCount >= MemoryLayout<Value>.size, offset <= byteCount - MemoryLayout<Value>.size else {
            return nil
        }
        return withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Value.self)) }
    }

    func bigEndian<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as: Value.Type = Value.self) -> Value? {
        littleEndian(offset, as: Value.self).map(\.byteSwapped)
    }

    /// A copy of `count` bytes.
    func copy(_ offset: Int, count: Int) -> [UInt8]? {
        guard offset >= 0, count >= 0, offset <= byteCount, count <= byteCount - offset else { return nil }
        return withUnsafeBytes { [UInt8]($0[offset..<(offset + count)]) }
    }
}

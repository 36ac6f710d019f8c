/// Reads numbers and runs of bytes one after the other, never beyond the end.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var remaining: Int { bytes.count - position }

    mutating func bytes(_ count: Int) throws(ManifestError) -> ArraySlice<UInt8> {
        guard count <= remaining else { throw ManifestError("the bytes end \(count - remaining) too early") }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func littleEndian<Number: FixedWidthInteger>() throws(ManifestError) -> Number {
        let size = MemoryLayout<Number>.size
        var value: UInt64 = 0
        for (index, byte) in try bytes(size).enumerated() { value |= UInt64(byte) << (8 * UInt64(index)) }
        return Number(truncatingIfNeeded: value)
    }
}

extension [UInt8] {
    mutating func append(littleEndian value: some FixedWidthInteger) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
}

internal import Platform

/// Looks at items in memory, wherever they begin.
struct ItemBytes {
    let bytes: SharedBytes

    /// - Parameter place: from the start of the bytes; the value lies within them.
    func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ place: Int, _ isBigEndian: Bool, _: Value.Type) -> Value
    {
        let size = MemoryLayout<Value>.size
        precondition(place >= 0 && place <= bytes.count - size, "an item that is not there")
        let value = withExtendedLifetime(bytes) { bytes.pointer.loadUnaligned(fromByteOffset: place, as: Value.self) }
        return isBigEndian ? Value(bigEndian: value) : Value(littleEndian: value)
    }

    func signed(_ place: Int, _ type: ScalarType) -> Int64 {
        switch type.size {
        case 1: Int64(integer(place, type.isBigEndian, Int8.self))
        case 2: Int64(integer(place, type.isBigEndian, Int16.self))
        case 4: Int64(integer(place, type.isBigEndian, Int32.self))
        default: integer(place, type.isBigEndian, Int64.self)
        }
    }

    func unsigned(_ place: Int, _ type: ScalarType) -> UInt64 {
        switch type.size {
        case 1: UInt64(integer(place, type.isBigEndian, UInt8.self))
        case 2: UInt64(integer(place, type.isBigEndian, UInt16.self))
        case 4: UInt64(integer(place, type.isBigEndian, UInt32.self))
        default: integer(place, type.isBigEndian, UInt64.self)
        }
    }

    func half(_ place: Int, _ isBigEndian: Bool) -> Float16 {
        Float16(bitPattern: integer(place, isBigEndian, UInt16.self))
    }

    func single(_ place: Int, _ isBigEndian: Bool) -> Float {
        Float(bitPattern: integer(place, isBigEndian, UInt32.self))
    }

    func double(_ place: Int, _ isBigEndian: Bool) -> Double {
        Double(bitPattern: integer(place, isBigEndian, UInt64.self))
    }

    func raw(_ place: Int, _ count: Int) -> [UInt8] {
        precondition(place >= 0 && place <= bytes.count - count, "an item that is not there")
        return withExtendedLifetime(bytes) { [UInt8](bytes.pointer[place..<(place + count)]) }
    }

    /// Without the zeros that fill it up.
    func bytes(_ place: Int, _ type: ScalarType) -> ArraySlice<UInt8> {
        let all = raw(place, type.size)
        return all[..<(all.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0)]
    }

    /// Code points, without the zeros that fill it up; some may be none of Unicode.
    func text(_ place: Int, _ type: ScalarType) -> [UInt32] {
        var codes = stride(from: place, to: place + type.size, by: 4).map { integer($0, type.isBigEndian, UInt32.self) }
        while codes.last == 0 { codes.removeLast() }
        return codes
    }
}

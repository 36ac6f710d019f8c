/// The types whose items can be compared and averaged.
enum ReducibleType {
    case uint8, uint16, uint32, uint64, int8, int16, int32, int64, float16, float32, float64

    /// `nil` for texts, dates, complex numbers, structures and whatever else has no mean.
    init?(_ type: ScalarType) {
        switch (type.kind, type.size) {
        case (.bool, 1), (.unsigned, 1): self = .uint8
        case (.unsigned, 2): self = .uint16
        case (.unsigned, 4): self = .uint32
        case (.unsigned, 8): self = .uint64
        case (.integer, 1): self = .int8
        case (.integer, 2): self = .int16
        case (.integer, 4): self = .int32
        case (.integer, 8): self = .int64
        case (.float, 2): self = .float16
        case (.float, 4): self = .float32
        case (.float, 8): self = .float64
        default: return nil
        }
    }

    /// NumPy's code of it, little-endian.
    var code: String {
        switch self {
        case .uint8: "|u1"
        case .uint16: "<u2"
        case .uint32: "<u4"
        case .uint64: "<u8"
        case .int8: "|i1"
        case .int16: "<i2"
        case .int32: "<i4"
        case .int64: "<i8"
        case .float16: "<f2"
        case .float32: "<f4"
        case .float64: "<f8"
        }
    }

    /// The code of a mean.
    var meanCode: String {
        switch self {
        case .uint64, .int64, .float64: "<f8"
        default: "<f4"
        }
    }
}

/// An item of one of these types.
protocol ReducibleItem: BitwiseCopyable, Comparable {
    associatedtype Bits: FixedWidthInteger & BitwiseCopyable
    init(bits: Bits)
    var number: Double { get }
    /// Of floats, what stands for a missing value.
    var isMissing: Bool { get }
    static var missing: Self { get }
}

extension ReducibleItem where Self: FixedWidthInteger {
    init(bits: Self) { self = bits }
    var number: Double { Double(self) }
    var isMissing: Bool { false }
    static var missing: Self { 0 }
}

extension ReducibleItem where Self: BinaryFloatingPoint {
    var number: Double { Double(self) }
    var isMissing: Bool { isNaN }
    static var missing: Self { .nan }
}

extension UInt8: ReducibleItem { typealias Bits = UInt8 }
extension UInt16: ReducibleItem { typealias Bits = UInt16 }
extension UInt32: ReducibleItem { typealias Bits = UInt32 }
extension UInt64: ReducibleItem { typealias Bits = UInt64 }
extension Int8: ReducibleItem { typealias Bits = Int8 }
extension Int16: ReducibleItem { typealias Bits = Int16 }
extension Int32: ReducibleItem { typealias Bits = Int32 }
extension Int64: ReducibleItem { typealias Bits = Int64 }
extension Float16: ReducibleItem { init(bits: UInt16) { self.init(bitPattern: bits) } }
extension Float: ReducibleItem { init(bits: UInt32) { self.init(bitPattern: bits) } }
extension Double: ReducibleItem { init(bits: UInt64) { self.init(bitPattern: bits) } }

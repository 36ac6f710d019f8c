internal import Glibc

/// A finite number as decimal digits: the fewest that mean no other number of its type.
struct DecimalDigits {
    let isNegative: Bool
    /// Without zeros at the end; of zero, one.
    let digits: [UInt8]
    /// Of the first digit.
    let exponent: Int
    private let value: Double

    init<Value: BinaryFloatingPoint & CustomStringConvertible>(_ value: Value) {
        self.value = Double(value)
        isNegative = value.sign == .minus
        var digits: [UInt8] = []
        var exponent = 0
        var point: Int?
        var rest = Substring(Self.shortest(value))
        if rest.first == "-" { rest.removeFirst() }
        if let mark = rest.firstIndex(of: "e") {
            exponent = Int(rest[rest.index(after: mark)...]) ?? 0
            rest = rest[..<mark]
        }
        for byte in rest.utf8 {
            if byte == UInt8(ascii: ".") { point = digits.count } else { digits.append(byte - UInt8(ascii: "0")) }
        }
        exponent += (point ?? digits.count) - 1
        let leading = digits.prefix { $0 == 0 }.count
        digits.removeFirst(min(leading, digits.count - 1))
        while digits.count > 1, digits.last == 0 { digits.removeLast() }
        self.digits = digits
        self.exponent = digits == [0] ? 0 : exponent - leading
    }

    /// Swift's description has the fewest digits, 12.5 or 1e-05 or 1.5e+16; but not where large `Float16`s are integers.
    private static func shortest<Value: BinaryFloatingPoint & CustomStringConvertible>(_ value: Value) -> String {
        guard let half = value as? Float16, half.magnitude >= 2048 else { return value.description }
        for digits in 0...4 {
            let text = formatted(Double(half), digits, "%.*e")
            if let back = Double(text), Float16(back) == half { return text }
        }
        return value.description
    }

    private var sign: String { isNegative ? "-" : "" }

    /// Without an exponent; rounded when there are more digits behind the point than `limit`.
    func positional(limit: Int = .max) -> (whole: String, fraction: String) {
        if digits.count - 1 - exponent > limit {
            let text = Self.formatted(value, limit, "%.*f")
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            return (String(parts[0]), Self.withoutZeros(parts.count > 1 ? parts[1] : ""))
        }
        guard exponent >= 0 else {
            return (sign + "0", String(repeating: "0", count: -exponent - 1) + Self.text(digits[...]))
        }
        let whole = digits.prefix(exponent + 1)
        let zeros = String(repeating: "0", count: exponent + 1 - whole.count)
        return (sign + Self.text(whole) + zeros, digits == [0] ? "" : Self.text(digits.dropFirst(exponent + 1)))
    }

    /// With an exponent; rounded when there are more digits behind the point than `limit`.
    func scientific(limit: Int = .max) -> (whole: String, fraction: String, exponent: Int) {
        guard digits.count - 1 > limit else {
            return (sign + Self.text(digits.prefix(1)), Self.text(digits.dropFirst()), exponent)
        }
        let exact = Self.exact(value, digits: limit)
        return (exact.whole, Self.withoutZeros(exact.fraction[...]), exact.exponent)
    }

    /// With an exponent and so many digits behind the point, rounded from the exact value.
    static func exact(
        _ value: some BinaryFloatingPoint, digits: Int
    ) -> (whole: String, fraction: String, exponent: Int) {
        let halves = formatted(Double(value), digits, "%.*e").split(separator: "e")
        let parts = halves[0].split(separator: ".")
        return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "", Int(halves[1]) ?? 0)
    }

    static func exponentText(_ exponent: Int, digits: Int = 2) -> String {
        let number = String(exponent.magnitude)
        return (exponent < 0 ? "e-" : "e+") + String(repeating: "0", count: max(digits - number.count, 0)) + number
    }

    private static func text(_ digits: ArraySlice<UInt8>) -> String {
        String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
    }

    private static func withoutZeros(_ text: Substring) -> String {
        var text = text
        while text.last == "0" { text.removeLast() }
        return String(text)
    }

    /// The exact value, rounded to even where it lies in the middle.
    private static func formatted(_ value: Double, _ digits: Int, _ format: String) -> String {
        // The longest number without exponent has 309 digits before the point.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { buffer in
            let length = withVaList([Int32(digits), value]) { vsnprintf(buffer.baseAddress, buffer.count, format, $0) }
            let bytes = buffer.prefix(min(max(Int(length), 0), buffer.count - 1)).map { UInt8(bitPattern: $0) }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}

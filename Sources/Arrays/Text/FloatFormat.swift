/// How NumPy writes the numbers of an array: all with the same number of places, with an exponent when they differ much.
struct FloatFormat<Value: BinaryFloatingPoint & CustomStringConvertible> {
    private static var precision: Int { 8 }

    private let hasPlus: Bool
    private var hasExponent = false
    private var before = 0
    private var after = 0
    /// Of the exponent.
    private var exponentDigits = 0

    /// - Parameters:
    ///   - largest: from where on numbers have an exponent.
    ///   - hasPlus: whether positive numbers have a sign, as imaginary parts do.
    init(_ values: [Value], largest: Value, hasPlus: Bool = false) {
        self.hasPlus = hasPlus
        let finite = values.filter(\.isFinite)
        let sizes = finite.lazy.filter { $0 != 0 }.map(\.magnitude)
        if let most = sizes.max(), let least = sizes.min() {
            hasExponent = most >= largest || least < 0.0001 || most / least > 1000
        }
        for value in finite { measure(value) }
        guard finite.count < values.count else { return }
        let hasNegativeInfinity = hasPlus || values.contains { $0.isInfinite && $0 < 0 }
        before = max(before, 3 - (width + 1), 3 + (hasNegativeInfinity ? 1 : 0) - (width + 1))
    }

    /// Behind the point.
    private var width: Int { exponentDigits > 0 ? exponentDigits + 2 + after : after }

    private mutating func measure(_ value: Value) {
        let digits = DecimalDigits(value)
        if hasExponent {
            let parts = digits.scientific(limit: Self.precision)
            before = max(before, signed(parts.whole).utf8.count)
            after = max(after, parts.fraction.utf8.count)
            exponentDigits = max(exponentDigits, 2, String(parts.exponent.magnitude).utf8.count)
        } else {
            let parts = digits.positional(limit: Self.precision)
            before = max(before, signed(parts.whole).utf8.count)
            after = max(after, parts.fraction.utf8.count)
        }
    }

    private func signed(_ whole: String) -> String { hasPlus && !whole.hasPrefix("-") ? "+" + whole : whole }

    func text(_ value: Value) -> String {
        guard value.isFinite else {
            let sign = value.isInfinite && value < 0 ? "-" : hasPlus ? "+" : ""
            return (sign + (value.isNaN ? "nan" : "inf")).leftPadded(to: before + width + 1)
        }
        if hasExponent {
            // Where a number needs fewer digits than others, NumPy goes on with those of its exact value.
            let shortest = DecimalDigits(value).scientific(limit: Self.precision)
            let parts =
                shortest.fraction.utf8.count == after ? shortest : DecimalDigits.exact(value, digits: after)
            let exponent = DecimalDigits.exponentText(parts.exponent, digits: exponentDigits)
            return signed(parts.whole).leftPadded(to: before) + "." + parts.fraction + exponent
        }
        let parts = DecimalDigits(value).positional(limit: Self.precision)
        let padding = String(repeating: " ", count: max(after - parts.fraction.utf8.count, 0))
        return signed(parts.whole).leftPadded(to: before) + "." + parts.fraction + padding
    }
}

/// A number alone, as NumPy and Python write it.
enum FloatText {
    static func text<Value: BinaryFloatingPoint & CustomStringConvertible>(_ value: Value) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        guard hasExponent(value) else {
            let parts = DecimalDigits(value).positional()
            return parts.whole + "." + (parts.fraction.isEmpty ? "0" : parts.fraction)
        }
        return scientific(value)
    }

    /// A part of a complex number: without `.0`.
    static func part<Value: BinaryFloatingPoint & CustomStringConvertible>(_ value: Value) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        guard !hasExponent(value) else { return scientific(value) }
        let parts = DecimalDigits(value).positional()
        return parts.fraction.isEmpty ? parts.whole : parts.whole + "." + parts.fraction
    }

    private static func hasExponent<Value: BinaryFloatingPoint>(_ value: Value) -> Bool {
        let size = Double(value).magnitude
        let largest = Value.significandBitCount > 23 ? 1e16 : Value.significandBitCount > 10 ? 1e6 : 1e3
        return size != 0 && (size < 1e-4 || size >= largest)
    }

    private static func scientific<Value: BinaryFloatingPoint & CustomStringConvertible>(_ value: Value) -> String {
        let parts = DecimalDigits(value).scientific()
        return parts.whole + (parts.fraction.isEmpty ? "" : ".") + parts.fraction
            + DecimalDigits.exponentText(parts.exponent)
    }
}

extension String {
    func leftPadded(to count: Int) -> String {
        let missing = count - unicodeScalars.count
        return missing > 0 ? String(repeating: " ", count: missing) + self : self
    }
}

// Numbers that come from outside, a catalogue, a peer, a client, a file, may be anything that fits into their type. What is
// computed with them must not trap: `+`, `*`, `Int(…)` of a Double and `Duration.seconds(…)` all do. These do not.

infix operator +| : AdditionPrecedence
infix operator -| : AdditionPrecedence
infix operator *| : MultiplicationPrecedence

extension FixedWidthInteger {
    /// The sum, or the number nearest to it that there is.
    public static func +| (a: Self, b: Self) -> Self {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? (b < 0 ? .min : .max) : sum
    }

    /// The difference, or the number nearest to it that there is.
    public static func -| (a: Self, b: Self) -> Self {
        let (difference, overflow) = a.subtractingReportingOverflow(b)
        return overflow ? (b < 0 ? .max : .min) : difference
    }

    /// The product, or the number nearest to it that there is.
    public static func *| (a: Self, b: Self) -> Self {
        let (product, overflow) = a.multipliedReportingOverflow(by: b)
        return overflow ? ((a < 0) == (b < 0) ? .max : .min) : product
    }

    /// The whole number nearest to `value`; zero for what is no number.
    public init(saturating value: Double) {
        let whole = value.rounded()
        self = Self(exactly: whole) ?? (whole.isNaN ? 0 : whole < 0 ? .min : .max)
    }
}

extension Sequence where Element: FixedWidthInteger {
    /// All together; what is too much for the type is as much as it can be.
    public var saturatingSum: Element { reduce(0, +|) }

    /// All multiplied; zero when one is, whatever the others are.
    public var saturatingProduct: Element {
        var product: Element = 1
        for number in self {
            if number == 0 { return 0 }
            product = product *| number
        }
        return product
    }
}

extension Sequence {
    /// The sum of what `part` says of each; what is too much for the type is as much as it can be.
    public func saturatingSum<Number: FixedWidthInteger>(_ part: (Element) throws -> Number) rethrows -> Number {
        try reduce(0) { $0 +| (try part($1)) }
    }
}

extension Duration {
    /// So many seconds, and at most a thousand years either way; none for what is no number.
    public init(saturatingSeconds seconds: Double) {
        let most = 3.2e10
        self = seconds.isNaN ? .zero : .seconds(Swift.min(Swift.max(seconds, -most), most))
    }
}

/// A sum of numbers from outside, some of which may be taken out again: it is exact, however large it becomes.
public struct Tally: Hashable, Sendable {
    // Of 2⁶⁴ summands none can make it overflow.
    private var exact: Int128 = 0

    public init() {}
    public init(_ numbers: some Sequence<Int64>) { for number in numbers { add(number) } }

    public mutating func add(_ number: Int64) { exact &+= Int128(number) }
    public mutating func subtract(_ number: Int64) { exact &-= Int128(number) }

    /// The sum, or the number nearest to it that there is.
    public var value: Int64 { Int64(clamping: exact) }
}

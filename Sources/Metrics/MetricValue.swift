/// A number as OpenMetrics writes it.
public enum MetricValue: Sendable, Hashable, CustomStringConvertible {
    /// Exact, also beyond what a floating-point number can hold.
    case integer(Int64)
    case real(Double)

    /// How many there are.
    public static func count(_ number: some BinaryInteger) -> Self { .integer(Int64(clamping: number)) }

    /// 1 for what is so, 0 for what is not.
    public static func flag(_ isSo: Bool) -> Self { .integer(isSo ? 1 : 0) }

    public var description: String {
        switch self {
        case .integer(let number): "\(number)"
        case .real(let number) where number.isNaN: "NaN"
        case .real(let number) where number.isInfinite: number < 0 ? "-Inf" : "+Inf"
        case .real(let number): "\(number)"
        }
    }
}

internal import Glibc

/// A moment, UTC, of the years 0 to 9999. Another becomes the nearest that can be said.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Since 1970, rounded down.
    private let second: Int64
    /// Nanoseconds.
    private let fraction: Int64

    private static let range: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

    private init(second: Int64, fraction: Int64) {
        self.second = min(max(second, Self.range.lowerBound), Self.range.upperBound)
        self.fraction = self.second == second ? fraction : second < 0 ? 0 : 999_999_999
    }

    public init(nanoseconds: Int64) {
        let (second, fraction) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        self.init(
            second: fraction < 0 ? second - 1 : second, fraction: fraction < 0 ? fraction + 1_000_000_000 : fraction)
    }

    public init(microseconds: Int64) {
        let (second, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        self.init(
            second: fraction < 0 ? second - 1 : second,
            fraction: (fraction < 0 ? fraction + 1_000_000 : fraction) * 1000)
    }

    public init(seconds: Double) {
        let whole = seconds.rounded(.down)
        guard let second = Int64(exactly: whole) else {
            self.init(second: seconds < 0 ? .min : .max, fraction: 0)
            return
        }
        // Apart from the seconds: a number has fewer digits than the nanoseconds since 1970.
        let fraction = Int64(saturating: (seconds - whole) * 1e9)
        self.init(
            second: fraction == 1_000_000_000 ? second + 1 : second, fraction: fraction == 1_000_000_000 ? 0 : fraction)
    }

    /// As the kernel tells it, of files for instance, which may have any date.
    init(_ time: timespec) { self.init(second: Int64(time.tv_sec), fraction: Int64(time.tv_nsec)) }

    /// Since 1970: of the years 1678 to 2261, of others the nearest that can be said.
    public var nanoseconds: Int64 {
        let (seconds, overflow) = second.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowOfSum) = seconds.addingReportingOverflow(fraction)
        // The last second of the range counts from below zero, where the product alone overflows.
        return overflow || overflowOfSum ? (second < 0 ? .min : .max) : sum
    }

    public static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(time)
    }

    public var seconds: Double { Double(second) + Double(fraction) / 1e9 }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { (a.second, a.fraction) < (b.second, b.fraction) }

    /// RFC 3339 with milliseconds: `2026-11-25T10:00:00.123Z`.
    public var description: String { rfc3339(digits: 3) }

    /// RFC 3339 with `digits` (0 to 9) of the second's fraction, cut and not rounded.
    public func rfc3339(digits: Int) -> String {
        var time = time_t(second)
        var parts = tm()
        gmtime_r(&time, &parts)
        var text: [UInt8] = []
        text.reserveCapacity(32)
        let year = Int(parts.tm_year) + 1900
        let fields: [(value: Int, width: Int, separator: Character)] = [
            (year, 4, "-"), (Int(parts.tm_mon) + 1, 2, "-"), (Int(parts.tm_mday), 2, "T"),
            (Int(parts.tm_hour), 2, ":"), (Int(parts.tm_min), 2, ":"),
        ]
        for field in fields {
            Self.append(field.value, width: field.width, to: &text)
            text += field.separator.utf8
        }
        Self.append(Int(parts.tm_sec), width: 2, to: &text)
        if digits > 0 {
            text.append(UInt8(ascii: "."))
            Self.append(Int(fraction), width: 9, to: &text)
            text.removeLast(9 - digits)
        }
        return String(decoding: text, as: UTF8.self) + "Z"
    }

    /// Appends a number with leading zeros.
    private static func append(_ value: Int, width: Int, to text: inout [UInt8]) {
        let digits = String(value).utf8
        for _ in digits.count..<max(width, digits.count) { text.append(UInt8(ascii: "0")) }
        text += digits
    }
}

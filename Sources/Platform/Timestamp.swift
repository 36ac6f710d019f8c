internal import Glibc

/// A moment, in nanoseconds since 1970, UTC: of the years 1678 to 2261. Another becomes the nearest that can be said.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    public init(seconds: Double) {
        let value = (seconds * 1e9).rounded()
        nanoseconds = Int64(exactly: value) ?? (value < 0 ? .min : .max)
    }

    /// As the kernel tells it, of files for instance, which may have any date.
    init(_ time: timespec) {
        let (seconds, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowOfSum) = seconds.addingReportingOverflow(Int64(time.tv_nsec))
        nanoseconds = overflow || overflowOfSum ? (time.tv_sec < 0 ? .min : .max) : sum
    }

    public static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(time)
    }

    public var seconds: Double { Double(nanoseconds) / 1e9 }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds < b.nanoseconds }

    /// RFC 3339 with milliseconds: `2026-11-25T10:00:00.123Z`.
    public var description: String { rfc3339(digits: 3) }

    /// RFC 3339 with `digits` (0 to 9) of the second's fraction, cut and not rounded.
    public func rfc3339(digits: Int) -> String {
        var (second, fraction) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        if fraction < 0 {
            fraction += 1_000_000_000
            second -= 1
        }
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

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
        let pad = { (value: Int, width: Int) -> String in
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let date = "\(pad(Int(parts.tm_year) + 1900, 4))-\(pad(Int(parts.tm_mon) + 1, 2))-\(pad(Int(parts.tm_mday), 2))"
        let clock = "\(pad(Int(parts.tm_hour), 2)):\(pad(Int(parts.tm_min), 2)):\(pad(Int(parts.tm_sec), 2))"
        let tail = digits > 0 ? "." + pad(Int(fraction), 9).prefix(digits) : ""
        return "\(date)T\(clock)\(tail)Z"
    }
}

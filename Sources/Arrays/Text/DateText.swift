/// Dates and durations as NumPy writes them: counts of a unit.
struct DateText {
    static let notATime = Int64.min

    private let unit: String
    private let multiple: Int64

    /// - Parameter unit: `s`, `25us`; nil when there is none.
    init(unit: String?) {
        let text = unit ?? "generic"
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        multiple = max(Int64(digits) ?? 1, 1)
        self.unit = String(text.dropFirst(digits.count))
    }

    private static let names = [
        "Y": "years", "M": "months", "W": "weeks", "D": "days", "h": "hours", "m": "minutes", "s": "seconds",
        "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds", "ps": "picoseconds", "fs": "femtoseconds",
        "as": "attoseconds",
    ]
    /// How many of the unit are a second, and how many digits a fraction of one has.
    private static let fractions: [String: (perSecond: Int64, digits: Int)] = [
        "s": (1, 0), "ms": (1000, 3), "us": (1_000_000, 6), "ns": (1_000_000_000, 9), "ps": (1_000_000_000_000, 12),
        "fs": (1_000_000_000_000_000, 15), "as": (1_000_000_000_000_000_000, 18),
    ]

    /// `5 seconds`.
    func duration(_ count: Int64) -> String {
        guard count != Self.notATime else { return "NaT" }
        return "\(count &* multiple) \(Self.names[unit] ?? "generic time units")"
    }

    /// `2026-11-25T16:24:50`.
    func date(_ count: Int64) -> String {
        guard count != Self.notATime else { return "NaT" }
        let count = count &* multiple
        switch unit {
        case "Y": return Self.year(1970 &+ count)
        case "M": return Self.year(1970 &+ Self.floor(count, 12)) + "-" + Self.two(Self.rest(count, 12) + 1)
        case "W": return Self.day(count &* 7)
        case "D": return Self.day(count)
        case "h": return Self.day(Self.floor(count, 24)) + "T" + Self.two(Self.rest(count, 24))
        case "m":
            return Self.day(Self.floor(count, 1440)) + "T" + Self.two(Self.rest(count, 1440) / 60) + ":"
                + Self.two(Self.rest(count, 60))
        default:
            guard let (perSecond, digits) = Self.fractions[unit] else { return "\(count)" }
            let seconds = Self.floor(count, perSecond)
            let time = Self.rest(seconds, 86400)
            let text =
                Self.day(Self.floor(seconds, 86400)) + "T" + Self.two(time / 3600) + ":" + Self.two(time / 60 % 60)
                + ":" + Self.two(time % 60)
            return digits == 0 ? text : text + "." + Self.padded(Self.rest(count, perSecond), digits)
        }
    }

    private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    private static func rest(_ value: Int64, _ divisor: Int64) -> Int64 {
        let rest = value % divisor
        return rest < 0 ? rest + divisor : rest
    }

    /// The date of a day counted from 1970, in the Gregorian calendar before and after.
    private static func day(_ count: Int64) -> String {
        // Counted from 1 March of year 0, in eras of 400 years.
        let shifted = count &+ 719_468
        let era = floor(shifted, 146_097)
        let dayOfEra = rest(shifted, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let year = era &* 400 &+ yearOfEra + (month < 10 ? 0 : 1)
        return Self.year(year) + "-" + two(month < 10 ? month + 3 : month - 9) + "-" + two(day)
    }

    private static func year(_ year: Int64) -> String {
        (year < 0 ? "-" : "") + padded(Int64(clamping: year.magnitude), year < 0 ? 3 : 4)
    }
    private static func two(_ value: Int64) -> String { padded(value, 2) }

    private static func padded(_ value: Int64, _ digits: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(digits - text.utf8.count, 0)) + text
    }
}

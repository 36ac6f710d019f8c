import Platform

/// The date format of HTTP's header fields (RFC 9110, section 5.6.7).
enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func text(_ moment: Timestamp) -> String {
        let parts = moment.rfc3339(digits: 0).utf8.dropLast()
            .split { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "T") }.map(Substring.init)
        guard parts.count == 4, let month = Int(parts[1]) else { return "Thu, 01 Jan 1970 00:00:00 GMT" }
        // Day 0 of 1970 was a Thursday.
        let day = Int((moment.seconds / 86_400).rounded(.down))
        return "\(days[((day % 7) + 7) % 7]), \(parts[2]) \(months[month - 1]) \(parts[0]) \(parts[3]) GMT"
    }
}

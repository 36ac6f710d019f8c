import Platform

/// The date format of HTTP's header fields (RFC 9110, section 5.6.7).
enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func text(_ moment: Timestamp) -> String {
        // 2026-11-25T12:34:56Z; other lengths are no year of a file.
        let text = Array(moment.rfc3339(digits: 0).utf8)
        guard text.count == 20 else { return "Thu, 01 Jan 1970 00:00:00 GMT" }
        let part = { (range: Range<Int>) in String(decoding: text[range], as: UTF8.self) }
        let month = Int(text[5] - 48) * 10 + Int(text[6] - 48)
        // Day 0 of 1970 was a Thursday.
        let day = Int((moment.seconds / 86_400).rounded(.down))
        return "\(days[((day % 7) + 7) % 7]), \(part(8..<10)) \(months[month - 1]) \(part(0..<4)) \(part(11..<19)) GMT"
    }
}

internal import Glibc
public import Platform

/// The date format of HTTP's header fields (RFC 9110, section 5.6.7).
public enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    public static func text(_ moment: Timestamp) -> String {
        // 2026-11-25T12:34:56Z; other lengths are no year of a file.
        let text = Array(moment.rfc3339(digits: 0).utf8)
        guard text.count == 20 else { return "Thu, 01 Jan 1970 00:00:00 GMT" }
        let part = { (range: Range<Int>) in String(decoding: text[range], as: UTF8.self) }
        let month = Int(text[5] - 48) * 10 + Int(text[6] - 48)
        // Day 0 of 1970 was a Thursday.
        let day = Int(saturating: (moment.seconds / 86_400).rounded(.down))
        return "\(days[((day % 7) + 7) % 7]), \(part(8..<10)) \(months[month - 1]) \(part(0..<4)) \(part(11..<19)) GMT"
    }

    /// Seconds since 1970 of a date in any of the three forms that are to be read (`Sun, 06 Nov 1994 08:49:37 GMT`,
    /// `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`); `nil` when it is none.
    static func seconds(_ text: String) -> Int64? {
        guard text.utf8.count < 64 else { return nil }
        let words = text.utf8.split { " ,-:".utf8.contains($0) }.map { String(decoding: $0, as: UTF8.self) }
        var fields: [String]
        switch words.count {
        case 8 where words[7] == "GMT": fields = Array(words[1...6])
        case 7: fields = [words[2], words[1], words[6], words[3], words[4], words[5]]
        default: return nil
        }
        guard days.contains(String(words[0].prefix(3))), let month = months.firstIndex(of: fields.remove(at: 1)) else {
            return nil
        }
        let numbers = fields.compactMap { $0.utf8.count <= 4 ? UInt16($0) : nil }.map { Int32($0) }
        guard numbers.count == 5, 1...31 ~= numbers[0], numbers[2] < 24, numbers[3] < 60, numbers[4] <= 60 else {
            return nil
        }
        // Of two digits: of the last and of this century.
        let year = fields[1].utf8.count == 2 ? numbers[1] + (numbers[1] < 70 ? 2000 : 1900) : numbers[1]
        var parts = tm()
        (parts.tm_mday, parts.tm_mon, parts.tm_year) = (numbers[0], Int32(month), year - 1900)
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[2], numbers[3], numbers[4])
        return Int64(timegm(&parts))
    }
}

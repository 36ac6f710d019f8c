internal import Platform

/// Numbers for people; exact ones are in the JSON.
enum HumanText {
    /// `999 B`, `1.0 KiB`, `300.0 MiB`.
    static func bytes(_ count: Int64) -> String {
        guard count >= 1024 else { return "\(count) B" }
        let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var value = Double(count) / 1024
        var unit = 0
        // 1023.95 would be printed as 1024.0.
        while value >= 1023.95, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return "\(decimal(value, digits: 1)) \(units[unit])"
    }

    /// `1 block`, `2 blocks`.
    static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// With a fixed number of digits behind the point, rounded.
    static func decimal(_ value: Double, digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        var power: Int64 = 1
        for _ in 0..<digits { power *= 10 }
        let scaled = Int64(saturating: value.magnitude * Double(power))
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(scaled)" }
        let fraction = String(scaled % power)
        return "\(sign)\(scaled / power)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }

    /// How much of something is there: `100 %` only for all of it, `0 %` only for nothing.
    static func percent(_ part: Int64, of whole: Int64, isComplete: Bool) -> String {
        if isComplete { return "100 %" }
        guard whole > 0, part > 0 else { return "0 %" }
        return "\(max(1, min(99, Int(saturating: (Double(part) * 100 / Double(whole)).rounded(.down))))) %"
    }

    /// `9 s`, `3 min 20 s`, `2 h 5 min`.
    static func span(seconds: Double) -> String {
        let total = min(max(0, Int(saturating: seconds.rounded(.up))), 1_000_000_000)
        if total < 60 { return "\(total) s" }
        if total < 3600 { return total % 60 == 0 ? "\(total / 60) min" : "\(total / 60) min \(total % 60) s" }
        return total / 60 % 60 == 0 ? "\(total / 3600) h" : "\(total / 3600) h \(total / 60 % 60) min"
    }

    /// `2026-11-25 10:00:00`, UTC.
    static func moment(_ seconds: Double) -> String {
        // Beyond are dates that no calendar has, and numbers that do not fit.
        guard seconds > -62e9, seconds < 253.4e9 else { return "?" }
        return String(Timestamp(seconds: seconds).rfc3339(digits: 0).dropLast()).replacing("T", with: " ")
    }

    /// `(1461, 2)`, as NumPy shows it.
    static func shape(_ extents: [Int64]) -> String {
        "(" + extents.map { "\($0)" }.joined(separator: ", ") + (extents.count == 1 ? ",)" : ")")
    }

    /// At most `width` columns, with `…` for what is cut from the middle.
    static func shortened(_ text: String, to width: Int) -> String {
        guard DisplayWidth.of(text) > width else { return text }
        guard width > 1 else { return width == 1 ? "…" : "" }
        var head = text, tail = text
        while DisplayWidth.of(head) > (width - 1) / 2 { head.removeLast() }
        while DisplayWidth.of(tail) > width - 1 - DisplayWidth.of(head) { tail.removeFirst() }
        return head + "…" + tail
    }
}

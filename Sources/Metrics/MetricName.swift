/// The names that OpenMetrics allows.
enum MetricName {
    /// Of a family: letters, digits, "_" and ":", no digit first.
    static func isValid(_ name: String) -> Bool { isValid(name) { isLetter($0) || $0 == UInt8(ascii: ":") } }

    /// Of a label: letters, digits and "_", no digit first.
    static func isValidLabel(_ name: String) -> Bool { isValid(name, isLetter) }

    private static func isValid(_ name: String, _ canBeFirst: (UInt8) -> Bool) -> Bool {
        guard let first = name.utf8.first, canBeFirst(first) else { return false }
        return name.utf8.allSatisfy { canBeFirst($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        default: false
        }
    }
}

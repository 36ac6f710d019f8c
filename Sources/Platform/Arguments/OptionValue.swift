/// From texts to values, strictly: nothing before or behind a number, nothing outside of its range.
public enum OptionValue {
    public static func string(_ text: String) throws(UsageError) -> String {
        guard !text.isEmpty else { throw UsageError("a value must not be empty") }
        return text
    }

    public static func boolean(_ text: String) throws(UsageError) -> Bool {
        switch text.lowercased() {
        case "1", "true", "yes", "on": true
        case "0", "false", "no", "off": false
        default: throw UsageError("'\(text)' is neither 1 nor 0")
        }
    }

    /// A whole number within `range`.
    public static func integer(
        in range: ClosedRange<Int>
    ) -> @Sendable (String) throws(UsageError) -> Int {
        { (text) throws(UsageError) in
            let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
            guard isDigits(digits), let value = Int(text), range.contains(value) else {
                throw UsageError("'\(text)' is not a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        }
    }

    /// A span in seconds, whole or with a decimal point, within `range`.
    public static func seconds(
        in range: ClosedRange<Double>
    ) -> @Sendable (String) throws(UsageError) -> Duration {
        { (text) throws(UsageError) in
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count <= 2, parts.allSatisfy(isDigits), let value = Double(text), range.contains(value) else {
                throw UsageError("'\(text)' is not a number of seconds from \(range.lowerBound) to \(range.upperBound)")
            }
            return .seconds(value)
        }
    }

    /// Bytes, with an optional suffix: `4096`, `64KiB`, `2G` (K, M, G and T are powers of 1024).
    public static func bytes(
        in range: ClosedRange<Int64> = 0...Int64.max
    ) -> @Sendable (String) throws(UsageError) -> Int64 {
        { (text) throws(UsageError) in
            let digits = text.prefix { $0.isASCII && $0.isNumber }
            let suffix = text.dropFirst(digits.count).uppercased()
            let power = ["": 0, "B": 0, "K": 10, "M": 20, "G": 30, "T": 40]
            let unit = suffix.hasSuffix("IB") ? String(suffix.dropLast(2)) : suffix
            guard isDigits(digits), let number = Int64(digits), let shift = power[unit], unit != "" || unit == suffix,
                number <= Int64.max >> shift, range.contains(number << shift)
            else {
                throw UsageError("'\(text)' is not a number of bytes, as in 4096, 64KiB or 2G, within \(range)")
            }
            return number << shift
        }
    }

    /// One of a few words.
    public static func choice<Value: Sendable>(
        _ choices: [(name: String, value: Value)]
    ) -> @Sendable (String) throws(UsageError) -> Value {
        { (text) throws(UsageError) in
            guard let found = choices.first(where: { $0.name == text }) else {
                throw UsageError("'\(text)' is not one of \(choices.map(\.name).joined(separator: ", "))")
            }
            return found.value
        }
    }

    public static func endpoint(_ text: String) throws(UsageError) -> Endpoint {
        guard let endpoint = Endpoint(text) else {
            throw UsageError("'\(text)' is not HOST:PORT, as in localhost:8000 or [::1]:8000")
        }
        return endpoint
    }

    /// The base of a service's URLs, without a slash at the end; `HOST:PORT` stands for `http://HOST:PORT`.
    public static func serviceURL(_ text: String) throws(UsageError) -> String {
        let refusal = UsageError("'\(text)' is not a URL, as in http://localhost:8000")
        let wrong: (UInt8) -> Bool = { $0 <= 32 || $0 == 127 || $0 == 34 || $0 == 60 || $0 == 62 || $0 == 92 }
        guard !text.utf8.contains(where: wrong), !text.contains(where: { "?#@".contains($0) }) else { throw refusal }
        var rest = text[...]
        var scheme = "http://"
        for candidate in ["http://", "https://"] where text.lowercased().hasPrefix(candidate) {
            scheme = candidate
            rest = text.dropFirst(candidate.count)
        }
        let hasScheme = rest.count < text.count
        while rest.last == "/" { rest.removeLast() }
        let authority = rest.prefix { $0 != "/" }
        let path = rest.dropFirst(authority.count)
        if Endpoint(String(authority))?.port ?? 0 > 0 { return scheme + rest }
        // Without a port a URL has its scheme's; a bare name is more likely a mistake.
        let isName = !authority.isEmpty && !authority.contains(":")
        let isAddress = authority.hasPrefix("[") && authority.hasSuffix("]") && authority.count > 2
        guard hasScheme, isName || isAddress else { throw refusal }
        return scheme + authority + path
    }

    /// The same with a name and a password before the host: `http://NAME:PASSWORD@HOST:PORT`.
    public static func serviceURLWithLogin(_ text: String) throws(UsageError) -> String {
        let start = text.firstRange(of: "://")?.upperBound ?? text.startIndex
        let authority = text[start...].prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return try serviceURL(text) }
        let login = authority[..<at]
        let wrong: (UInt8) -> Bool = { $0 <= 32 || $0 >= 127 || "\"<>\\@".utf8.contains($0) }
        guard !login.isEmpty, !login.hasPrefix(":"), !login.utf8.contains(where: wrong) else {
            // The text is not repeated: it is half a password.
            throw UsageError(
                "the name and password in the URL are none: they are NAME:PASSWORD, other characters than letters and "
                    + "digits as %XX")
        }
        let url = try serviceURL(String(text[..<start]) + text[text.index(after: at)...])
        let scheme = url.hasPrefix("https://") ? "https://" : "http://"
        return "\(scheme)\(login)@\(url.dropFirst(scheme.count))"
    }

    private static func isDigits(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
    }
}

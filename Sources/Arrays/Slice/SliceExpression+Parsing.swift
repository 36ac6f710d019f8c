extension SliceExpression {
    /// More than sixteen dimensions with every sign and space need.
    private static let maximumLength = 2048

    /// - Throws: `slice_ is not a slice: …` for text that is none.
    public init(parsing text: String) throws(ArrayError) {
        guard text.utf8.count <= Self.maximumLength else {
            throw .notASlice("\(text.utf8.count) bytes of text, more than \(Self.maximumLength)")
        }
        var parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Self.trimmed($0) }
        // One comma at the end makes a tuple, as in Python.
        if parts.last == "" { parts.removeLast() }
        var components: [Component] = []
        for part in parts { components.append(try Self.component(part, of: text)) }
        self.init(components)
    }

    /// A range alone: `0:10:2`.
    static func range(parsing text: Substring) throws(ArrayError) -> Component {
        guard text.utf8.count <= 128, text.contains(":") else { throw .notASlice(abbreviated(text)) }
        return try component(trimmed(text), of: String(text))
    }

    private static func component(_ part: Substring, of text: String) throws(ArrayError) -> Component {
        if part == "..." || part == "Ellipsis" { return .ellipsis }
        if part == "None" || part == "newaxis" || part == "np.newaxis" {
            throw .notASlice("\(abbreviated(text[...])): new dimensions (\(part)) are not supported")
        }
        let bounds = part.split(separator: ":", omittingEmptySubsequences: false).map { trimmed($0) }
        guard (1...3).contains(bounds.count) else { throw .notASlice(abbreviated(text[...])) }
        var numbers: [Int?] = []
        for bound in bounds {
            guard bound.isEmpty || isNumber(bound) else { throw .notASlice(abbreviated(text[...])) }
            numbers.append(bound.isEmpty ? nil : saturated(bound))
        }
        if bounds.count == 1 {
            guard let position = numbers[0] else { throw .notASlice(abbreviated(text[...])) }
            return .index(position)
        }
        let step = bounds.count == 3 ? numbers[2] ?? 1 : 1
        guard step != 0 else { throw .notASlice("\(abbreviated(text[...])): slice step cannot be zero") }
        return .range(start: numbers[0], stop: numbers[1], step: step)
    }

    private static func isNumber(_ text: Substring) -> Bool {
        let digits = text.first == "-" || text.first == "+" ? text.dropFirst() : text
        return !digits.isEmpty && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// No array reaches as far as an integer that needs more than 64 bits; half of the range leaves room to add a size.
    private static func saturated(_ digits: Substring) -> Int {
        let limit = Int.max / 2
        guard let value = Int(digits) else { return digits.first == "-" ? -limit : limit }
        return min(max(value, -limit), limit)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var rest = text
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }

    private static func abbreviated(_ text: Substring) -> String {
        text.utf8.count <= 80 ? String(text) : "\(text.prefix(77))..."
    }
}

extension ArrayError {
    fileprivate static func notASlice(_ reason: String) -> ArrayError {
        ArrayError(.invalidRequest, "slice_ is not a slice: \(reason)")
    }
}

extension IndexExpression {
    /// - Parameter text: a JSON list, as `[[1, 5, 9], 3, "0:10", null]`.
    /// - Throws: what is not understood, in words that clients look for.
    public init(parsing text: String) throws(ArrayError) {
        guard text.utf8.count <= Self.maximumTextLength else {
            throw .badIndices("may be at most \(Self.maximumTextLength) bytes of text; ask in batches")
        }
        var scanner = IndexScanner(text)
        self.init(try scanner.entries())
    }
}

extension ArrayError {
    fileprivate static func badIndices(_ reason: String) -> ArrayError {
        ArrayError(.invalidRequest, "indices \(reason)")
    }
}

/// Reads the few forms of JSON that indices have; memory is bounded by the text and by the limit of coordinates.
private struct IndexScanner {
    private static let maximumEntries = 64
    private static let maximumDepth = 8

    private let bytes: [UInt8]
    private var position = 0
    private var coordinates = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func entries() throws(ArrayError) -> [IndexExpression.Entry] {
        guard let first = next() else { throw .badIndices("is not JSON: it is empty") }
        guard first == UInt8(ascii: "[") else {
            let rest = String(decoding: bytes[position...], as: UTF8.self)
            guard "{\"-0123456789".utf8.contains(first) || ["null", "true", "false"].contains(rest) else {
                throw .badIndices("is not JSON: a JSON list is wanted")
            }
            throw .badIndices(
                "is not a JSON list" + (first == UInt8(ascii: "{") ? ": an object is not an integer" : ""))
        }
        position += 1
        var entries: [IndexExpression.Entry] = []
        if take("]") { return try end(entries) }
        repeat {
            guard entries.count < Self.maximumEntries else { throw .badIndices("has too many indices") }
            entries.append(try entry())
        } while take(",")
        guard take("]") else { throw notJSON() }
        return try end(entries)
    }

    private mutating func end(_ entries: [IndexExpression.Entry]) throws(ArrayError) -> [IndexExpression.Entry] {
        guard next() == nil else { throw notJSON() }
        return entries
    }

    private mutating func entry() throws(ArrayError) -> IndexExpression.Entry {
        switch next() {
        case UInt8(ascii: "["):
            var positions: [Int] = []
            let shape = try list(into: &positions, depth: 1)
            return .list(shape: shape, positions: positions)
        case UInt8(ascii: "\""):
            return try range()
        case UInt8(ascii: "n"):
            guard takeWord("null") else { throw notJSON() }
            return .all
        default:
            coordinates += 1
            return .index(try integer())
        }
    }

    /// A list of integers, or of lists that all have the same shape.
    private mutating func list(into positions: inout [Int], depth: Int) throws(ArrayError) -> [Int] {
        guard depth <= Self.maximumDepth else { throw .badIndices("nests lists too deeply") }
        position += 1
        if take("]") { return [0] }
        var count = 0
        var inner: [Int]?
        repeat {
            var shape: [Int] = []
            if next() == UInt8(ascii: "[") {
                shape = try list(into: &positions, depth: depth + 1)
            } else {
                positions.append(try integer())
                coordinates += 1
            }
            guard inner == nil || inner == shape else { throw .badIndices("has lists of different shapes in one list") }
            guard coordinates <= IndexExpression.maximumCoordinates else {
                throw .badIndices("has more than \(IndexExpression.maximumCoordinates) coordinates; ask in batches")
            }
            inner = shape
            count += 1
        } while take(",")
        guard take("]") else { throw notJSON() }
        return [count] + (inner ?? [])
    }

    private mutating func range() throws(ArrayError) -> IndexExpression.Entry {
        position += 1
        let start = position
        while let byte = current, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20, byte < 0x7f, byte != UInt8(ascii: "\\") else { throw notJSON() }
            position += 1
        }
        guard current != nil else { throw notJSON() }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        position += 1
        guard case .range(let start, let stop, let step) = try SliceExpression.range(parsing: text[...]) else {
            throw .badIndices("has text that is no range")
        }
        return .range(start: start, stop: stop, step: step)
    }

    private mutating func integer() throws(ArrayError) -> Int {
        switch next() {
        case UInt8(ascii: "t") where takeWord("true"), UInt8(ascii: "f") where takeWord("false"):
            throw .badIndices("may hold only integers, not booleans")
        case UInt8(ascii: "n") where takeWord("null"): throw .badIndices("may hold only integers, not null, in a list")
        case UInt8(ascii: "{"): throw .badIndices("holds an object, which is not an integer")
        case UInt8(ascii: "\""): throw .badIndices("holds text in a list, which is not an integer")
        default: break
        }
        let start = position
        if current == UInt8(ascii: "-") { position += 1 }
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        let digits = bytes[start..<position]
        guard digits.last.map({ $0 != UInt8(ascii: "-") }) == true else { throw notJSON() }
        if let byte = current, [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(byte) {
            throw .badIndices("holds a fraction, which is not an integer")
        }
        let limit = Int.max / 2
        let value = Int(String(decoding: digits, as: UTF8.self)) ?? (digits.first == UInt8(ascii: "-") ? -limit : limit)
        return min(max(value, -limit), limit)
    }

    private func notJSON() -> ArrayError { .badIndices("is not JSON: see byte \(position)") }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// The next byte that is no white space, which stays.
    private mutating func next() -> UInt8? {
        while let byte = current, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
        return current
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next() == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func takeWord(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard bytes.count - position >= length,
            word.withUTF8Buffer({ $0.elementsEqual(bytes[position..<(position + length)]) })
        else { return false }
        position += length
        return true
    }
}

/// Reads the syntax of JSON (RFC 8259), once, from the first byte to the last: each byte costs the same wherever it stands,
/// and nothing is made of a text before all of it is known to be JSON that keeps its limits.
struct JSONScanner {
    private let bytes: [UInt8]
    private let limits: JSONLimits
    private let isCancelled: () -> Bool
    private var position = 0
    private var values = 0
    private var isASCII = true
    private(set) var nodes: [JSONNode] = []

    /// Longer numbers are nobody's, and take long to convert.
    private static let numberLimit = 400
    /// Values between two looks whether anybody still waits.
    private static let slice = 4096

    /// - Throws: ``JSONExcess``, `DecodingError`, `CancellationError`.
    static func nodes(of bytes: [UInt8], _ limits: JSONLimits, _ isCancelled: () -> Bool) throws -> [JSONNode] {
        try withoutActuallyEscaping(isCancelled) { isCancelled in
            var scanner = JSONScanner(bytes, limits, isCancelled)
            try scanner.scan()
            return scanner.nodes
        }
    }

    private init(_ bytes: [UInt8], _ limits: JSONLimits, _ isCancelled: @escaping () -> Bool) {
        self.bytes = bytes
        self.limits = limits
        self.isCancelled = isCancelled
    }

    private mutating func scan() throws {
        guard bytes.count <= min(limits.bytes, Int(UInt32.max)) else {
            throw JSONExcess("\(bytes.count) bytes of JSON are more than \(limits.bytes)")
        }
        nodes.reserveCapacity(min(bytes.count / 8, 4096))
        try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw unexpected("the end") }
        if !isASCII, (try? UTF8Span(validating: bytes.span)) == nil { throw invalid("it is not UTF-8") }
    }

    // MARK: Values

    /// The depth is bounded by the limits, and so is the stack.
    private mutating func value(depth: Int) throws {
        values += 1
        guard values <= limits.values else { throw JSONExcess("it has more than \(limits.values) values") }
        if values % Self.slice == 0, isCancelled() { throw CancellationError() }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): try container(.object, end: UInt8(ascii: "}"), depth)
        case UInt8(ascii: "["): try container(.array, end: UInt8(ascii: "]"), depth)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try literal("true", .true)
        case UInt8(ascii: "f"): try literal("false", .false)
        case UInt8(ascii: "n"): try literal("null", .null)
        default: try number()
        }
    }

    private mutating func container(_ kind: JSONNode.Kind, end: UInt8, _ depth: Int) throws {
        guard depth < limits.depth else {
            throw JSONExcess("its arrays and objects lie more than \(limits.depth) deep in each other")
        }
        let node = begin(kind)
        position += 1
        skipSpace()
        if next == end {
            position += 1
            return finish(node)
        }
        while true {
            if kind == .object {
                skipSpace()
                guard next == UInt8(ascii: "\"") else { throw unexpected("a key in quotes") }
                try string()
                skipSpace()
                guard next == UInt8(ascii: ":") else { throw unexpected("':'") }
                position += 1
            }
            try value(depth: depth + 1)
            skipSpace()
            if next == end { break }
            guard next == UInt8(ascii: ",") else { throw unexpected("',' or '\(Character(UnicodeScalar(end)))'") }
            position += 1
        }
        position += 1
        finish(node)
    }

    private mutating func string() throws {
        let node = begin(.string)
        position += 1
        var high: UInt8 = 0
        while true {
            guard let byte = next else { throw unexpected("the end of a string") }
            high |= byte
            position += 1
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") {
                nodes[node].kind = .escaped
                try escape()
            } else if byte < 32 {
                position -= 1
                throw unexpected("a control character that is escaped")
            }
        }
        if high >= 128 { isASCII = false }
        finish(node)
    }

    private mutating func escape() throws {
        switch next {
        case UInt8(ascii: "u"):
            position += 1
            for _ in 0..<4 {
                guard let digit = next, JSONNode.digit(digit) != nil else {
                    throw unexpected("four hexadecimal digits")
                }
                position += 1
            }
        case .some(let byte) where JSONNode.escapes[byte] != nil: position += 1
        default: throw unexpected("an escape that there is")
        }
    }

    private mutating func literal(_ text: StaticString, _ kind: JSONNode.Kind) throws {
        let node = begin(kind)
        let isThere = text.withUTF8Buffer { text in bytes[position...].starts(with: text) }
        guard isThere else { throw unexpected("\(text)") }
        position += text.utf8CodeUnitCount
        finish(node)
    }

    private mutating func number() throws {
        let node = begin(.integer)
        if next == UInt8(ascii: "-") { position += 1 }
        let isZero = next == UInt8(ascii: "0")
        guard try digits() == 1 || !isZero else { throw invalid("a number begins with 0") }
        if next == UInt8(ascii: ".") {
            nodes[node].kind = .number
            position += 1
            _ = try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            nodes[node].kind = .number
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            _ = try digits()
        }
        finish(node)
        guard nodes[node].length <= Self.numberLimit else {
            throw JSONExcess("a number has more than \(Self.numberLimit) digits")
        }
    }

    private mutating func digits() throws -> Int {
        let start = position
        while let digit = next, digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw unexpected("a value") }
        return position - start
    }

    // MARK: Bytes

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 32 || byte == 10 || byte == 13 || byte == 9 { position += 1 }
    }

    private mutating func begin(_ kind: JSONNode.Kind) -> Int {
        nodes.append(JSONNode(kind: kind, start: UInt32(position), length: 0, end: 0))
        return nodes.count - 1
    }

    private mutating func finish(_ node: Int) {
        nodes[node].length = UInt32(position) - nodes[node].start
        nodes[node].end = UInt32(nodes.count)
    }

    private func unexpected(_ wanted: String) -> DecodingError {
        invalid(next == nil ? "it ends where \(wanted) should be" : "there should be \(wanted)")
    }

    private func invalid(_ what: String) -> DecodingError {
        .dataCorrupted(
            .init(codingPath: [], debugDescription: "the data is not valid JSON: at byte \(position), \(what)"))
    }
}

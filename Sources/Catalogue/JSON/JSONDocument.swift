/// A JSON text that was read, and what its values are.
///
/// Foundation's decoder is not used for what comes from outside: it recurses as deep as a text wants, and to find out what a
/// value is it has to be asked for each type in turn, where every no costs the path of the value, so that texts of some hundred
/// bytes took seconds.
final class JSONDocument: Sendable {
    let bytes: [UInt8]
    let nodes: [JSONNode]
    /// Whether nobody waits for what is made of it any more.
    let isCancelled: @Sendable () -> Bool

    init(_ bytes: [UInt8], _ limits: JSONLimits, isCancelled: @escaping @Sendable () -> Bool) throws {
        self.bytes = bytes
        self.isCancelled = isCancelled
        nodes = try JSONScanner.nodes(of: bytes, limits, isCancelled)
    }

    /// The numbers of an array's elements, or of an object's keys.
    func children(of node: Int) -> [Int] {
        var children: [Int] = []
        var child = node + 1
        let isObject = nodes[node].kind == .object
        while child < Int(nodes[node].end) {
            children.append(child)
            child = Int(nodes[isObject ? child + 1 : child].end)
        }
        return children
    }

    func text(of node: Int) -> ArraySlice<UInt8> {
        let start = Int(nodes[node].start)
        return bytes[start..<start + Int(nodes[node].length)]
    }

    /// A string without its quotes; `nil` for half a surrogate pair.
    func string(of node: Int) -> String? {
        let text = text(of: node).dropFirst().dropLast()
        return nodes[node].kind == .string ? String(decoding: text, as: UTF8.self) : Self.unescaped(text)
    }

    /// Whether the string of `node` is `key`.
    func isKey(_ node: Int, _ key: String) -> Bool {
        guard nodes[node].kind == .string else { return string(of: node)?.utf8.elementsEqual(key.utf8) ?? false }
        let start = Int(nodes[node].start) + 1, count = Int(nodes[node].length) - 2
        let key = key.utf8
        guard key.count == count else { return false }
        var place = start
        for byte in key {
            guard bytes[place] == byte else { return false }
            place += 1
        }
        return true
    }

    private static func unescaped(_ text: ArraySlice<UInt8>) -> String? {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                result.append(byte)
                continue
            }
            if let byte = JSONNode.escapes[escape] {
                result.append(byte)
            } else {
                guard let scalar = scalar(&rest) else { return nil }
                result += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// What stands behind `\u`, one or two of them.
    private static func scalar(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar? {
        guard let first = unit(&rest) else { return nil }
        guard first & 0xfc00 == 0xd800 else { return Unicode.Scalar(first) }
        guard rest.popFirst() == UInt8(ascii: "\\"), rest.popFirst() == UInt8(ascii: "u"), let second = unit(&rest),
            second & 0xfc00 == 0xdc00
        else { return nil }
        return Unicode.Scalar(0x10000 + (first & 0x3ff) << 10 + second & 0x3ff)
    }

    private static func unit(_ rest: inout ArraySlice<UInt8>) -> UInt32? {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = rest.popFirst().flatMap(JSONNode.digit) else { return nil }
            unit = unit << 4 | digit
        }
        return unit
    }

    // MARK: Numbers

    func double(of node: Int) -> Double? {
        let value = Double(String(decoding: text(of: node), as: UTF8.self))
        // Too much for a Double is no number that anybody meant.
        return value.flatMap { $0.isFinite ? $0 : nil }
    }

    /// A whole number, however it is written; `nil` when it does not fit.
    func integer<Number: FixedWidthInteger>(of node: Int, _ type: Number.Type) -> Number? {
        guard nodes[node].kind == .integer else { return double(of: node).flatMap { Number(exactly: $0) } }
        var digits = text(of: node)
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits.removeFirst() }
        var value: Number = 0
        for byte in digits {
            let (ten, isTooMuch) = value.multipliedReportingOverflow(by: 10)
            let digit = Number(truncatingIfNeeded: byte - UInt8(ascii: "0"))
            let (sum, isOver) =
                isNegative ? ten.subtractingReportingOverflow(digit) : ten.addingReportingOverflow(digit)
            guard !isTooMuch, !isOver else { return nil }
            value = sum
        }
        return value
    }

    // MARK: Values

    /// - Throws: `DecodingError`, `CancellationError`.
    func value(of node: Int) throws -> JSONValue {
        switch nodes[node].kind {
        case .null: return .null
        case .true: return .bool(true)
        case .false: return .bool(false)
        case .integer, .number: return try number(of: node)
        case .string, .escaped: return .string(try checked(node))
        case .array:
            if isCancelled() { throw CancellationError() }
            return .array(try children(of: node).map { try value(of: $0) })
        case .object:
            if isCancelled() { throw CancellationError() }
            var object: [String: JSONValue] = [:]
            for key in children(of: node) { object[try checked(key)] = try value(of: key + 1) }
            return .object(object)
        }
    }

    private func number(of node: Int) throws -> JSONValue {
        if let value = integer(of: node, Int64.self) { return .integer(value) }
        if let value = integer(of: node, UInt64.self) { return .unsigned(value) }
        guard let value = double(of: node) else { throw Self.corrupt("a number is too large", []) }
        return .number(value)
    }

    private func checked(_ node: Int) throws -> String {
        guard let text = string(of: node) else { throw Self.corrupt("a string has half a surrogate pair", []) }
        return text
    }

    static func corrupt(_ what: String, _ path: [any CodingKey]) -> DecodingError {
        .dataCorrupted(.init(codingPath: path, debugDescription: what))
    }
}

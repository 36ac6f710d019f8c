/// The target of a request line, its percent escapes decoded once.
struct RequestTarget: Sendable {
    /// Starts with `/`, or is `*` (as in `OPTIONS *`).
    let path: String
    /// How far below the root it lies for a browser, to which an escaped slash is part of a name.
    let depth: Int
    let query: [(name: String, value: String)]

    /// Takes `/path?query`, and the absolute form `http://host/path?query` that proxies are sent.
    ///
    /// - Throws: what is wrong with it, in words for the client.
    init(_ raw: some Collection<UInt8>) throws(Malformed) {
        var rest = Self.withoutAuthority(raw)
        if let fragment = rest.firstIndex(of: UInt8(ascii: "#")) { rest = rest[..<fragment] }
        let mark = rest.firstIndex(of: UInt8(ascii: "?"))
        let rawPath = rest[..<(mark ?? rest.endIndex)]
        depth = max(0, rawPath.count { $0 == UInt8(ascii: "/") } - 1)
        path = try Self.decoded(rawPath, plusIsSpace: false, of: "path")
        guard path.hasPrefix("/") || path == "*" else { throw Malformed("the path must start with a slash") }
        query = try mark.map { at throws(Malformed) in try Self.parameters(rest[rest.index(after: at)...]) } ?? []
    }

    struct Malformed: Error, Sendable {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    private static func withoutAuthority(_ raw: some Collection<UInt8>) -> ArraySlice<UInt8> {
        let all = Array(raw)[...]
        for scheme in ["http://", "https://"] where all.count > scheme.utf8.count {
            let head = all.prefix(scheme.utf8.count).map { $0 >= 65 && $0 <= 90 ? $0 | 0x20 : $0 }
            guard head.elementsEqual(scheme.utf8) else { continue }
            let rest = all.dropFirst(scheme.utf8.count)
            guard let start = rest.firstIndex(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }) else {
                return [UInt8(ascii: "/")]
            }
            return rest[start] == UInt8(ascii: "/") ? rest[start...] : [UInt8(ascii: "/")] + rest[start...]
        }
        return all
    }

    private static func parameters(_ text: ArraySlice<UInt8>) throws(Malformed) -> [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        for part in text.split(separator: UInt8(ascii: "&")) {
            let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            let name = try decoded(part[..<equals], plusIsSpace: true, of: "query")
            let value = try decoded(part[equals...].dropFirst(), plusIsSpace: true, of: "query")
            result.append((name, value))
        }
        return result
    }

    private static func decoded(
        _ text: ArraySlice<UInt8>, plusIsSpace: Bool, of part: String
    ) throws(Malformed) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            switch text[index] {
            case UInt8(ascii: "%"):
                guard index + 2 < text.endIndex, let high = hex(text[index + 1]), let low = hex(text[index + 2]) else {
                    throw Malformed("the \(part) has a percent sign without two hexadecimal digits")
                }
                bytes.append(high << 4 | low)
                index += 2
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            case let byte: bytes.append(byte)
            }
            index += 1
        }
        guard !bytes.contains(0) else { throw Malformed("the \(part) contains a zero byte") }
        guard let result = String(validating: bytes, as: UTF8.self) else {
            throw Malformed("the \(part) is not UTF-8")
        }
        return result
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

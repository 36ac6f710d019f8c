/// A Python value as text: NumPy writes structured types so.
enum PythonLiteral: Hashable {
    case string(String)
    case int(Int)
    case word(String)
    /// Tuples and lists.
    case sequence([PythonLiteral])
    case dictionary([String: PythonLiteral])

    private static let maximumLength = 1 << 18
    private static let maximumDepth = 16

    /// Nil for text that is none, or too long or deep to be a type.
    init?(parsing text: String) {
        guard text.utf8.count <= Self.maximumLength else { return nil }
        var scanner = Scanner(Array(text.unicodeScalars))
        guard let value = scanner.value(depth: Self.maximumDepth), scanner.isAtEnd else { return nil }
        self = value
    }

    var string: String? { if case .string(let value) = self { value } else { nil } }
    var int: Int? { if case .int(let value) = self { value } else { nil } }
    var sequence: [PythonLiteral]? { if case .sequence(let items) = self { items } else { nil } }

    private struct Scanner {
        private let scalars: [Unicode.Scalar]
        private var position = 0

        init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

        var isAtEnd: Bool {
            mutating get { next() == nil }
        }

        mutating func value(depth: Int) -> PythonLiteral? {
            guard depth > 0, let first = next() else { return nil }
            switch first {
            case "'", "\"": return string().map { .string($0) }
            case "[": return items(until: "]", depth)
            case "(": return items(until: ")", depth)
            case "{": return dictionary(depth)
            default: return word()
            }
        }

        private mutating func next() -> Unicode.Scalar? {
            while position < scalars.count, scalars[position].properties.isWhitespace { position += 1 }
            return position < scalars.count ? scalars[position] : nil
        }

        private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
            guard next() == scalar else { return false }
            position += 1
            return true
        }

        private mutating func items(until end: Unicode.Scalar, _ depth: Int) -> PythonLiteral? {
            position += 1
            var items: [PythonLiteral] = []
            while !take(end) {
                guard let item = value(depth: depth - 1) else { return nil }
                items.append(item)
                guard take(",") || next() == end else { return nil }
            }
            return .sequence(items)
        }

        private mutating func dictionary(_ depth: Int) -> PythonLiteral? {
            position += 1
            var items: [String: PythonLiteral] = [:]
            while !take("}") {
                guard let quote = next(), quote == "'" || quote == "\"", let key = string(), take(":"),
                    let item = value(depth: depth - 1)
                else { return nil }
                items[key] = item
                guard take(",") || next() == "}" else { return nil }
            }
            return .dictionary(items)
        }

        private mutating func string() -> String? {
            let quote = scalars[position]
            position += 1
            var text = ""
            while position < scalars.count {
                let scalar = scalars[position]
                position += 1
                if scalar == quote { return text }
                guard scalar == "\\" else {
                    text.unicodeScalars.append(scalar)
                    continue
                }
                guard let escaped = escape() else { return nil }
                text.unicodeScalars.append(escaped)
            }
            return nil
        }

        private mutating func escape() -> Unicode.Scalar? {
            guard position < scalars.count else { return nil }
            let kind = scalars[position]
            position += 1
            switch kind {
            case "n": return "\n"
            case "t": return "\t"
            case "r": return "\r"
            case "\\", "'", "\"": return kind
            case "x", "u", "U":
                let length = kind == "x" ? 2 : kind == "u" ? 4 : 8
                guard position + length <= scalars.count else { return nil }
                var digits = ""
                digits.unicodeScalars.append(contentsOf: scalars[position..<(position + length)])
                position += length
                return UInt32(digits, radix: 16).flatMap { Unicode.Scalar($0) }
            default: return nil
            }
        }

        private mutating func word() -> PythonLiteral? {
            let start = position
            while position < scalars.count, scalars[position].isASCII,
                scalars[position].properties.isAlphabetic || "0123456789-_".unicodeScalars.contains(scalars[position])
            {
                position += 1
            }
            guard position > start else { return nil }
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars[start..<position])
            return Int(text).map { .int($0) } ?? .word(text)
        }
    }
}

/// A type without parts, as NumPy's code tells it: `<f4`.
public struct ScalarType: Sendable, Hashable {
    public enum Kind: Character, Sendable {
        case bool = "b"
        case integer = "i"
        case unsigned = "u"
        case float = "f"
        case complex = "c"
        case bytes = "S"
        /// UTF-32.
        case text = "U"
        case date = "M"
        case duration = "m"
        case opaque = "V"
    }

    public let kind: Kind
    public let size: Int
    public let isBigEndian: Bool
    /// Of dates and durations: `s`, `25us`; nil when generic.
    public let unit: String?

    /// Nil for code that is not one of those kinds.
    init?(parsing code: String) {
        var rest = code[...]
        let isBigEndian = rest.first == ">"
        if let order = rest.first, "<>|=".contains(order) { rest.removeFirst() }
        guard let first = rest.popFirst() else { return nil }
        if first == "?" && rest.isEmpty {
            self.init(kind: .bool, size: 1)
            return
        }
        guard let kind = Kind(rawValue: first == "a" ? "S" : first) else { return nil }
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(digits.count)
        guard let number = digits.isEmpty && [.bytes, .text, .opaque].contains(kind) ? 0 : Int(digits),
            number <= 1 << 29
        else { return nil }
        var unit: String?
        switch kind {
        case .date, .duration:
            guard number == 8, rest.isEmpty || (rest.first == "[" && rest.last == "]" && rest.count > 2) else {
                return nil
            }
            unit = rest.isEmpty ? nil : String(rest.dropFirst().dropLast())
        default:
            guard rest.isEmpty, Self.sizes[kind]?.contains(number) != false else { return nil }
        }
        self.init(kind: kind, size: kind == .text ? 4 * number : number, isBigEndian: isBigEndian, unit: unit)
    }

    private init(kind: Kind, size: Int, isBigEndian: Bool = false, unit: String? = nil) {
        self.kind = kind
        self.size = size
        self.isBigEndian = isBigEndian
        self.unit = unit
    }

    static let byte = ScalarType(kind: .opaque, size: 1)

    private static let sizes: [Kind: [Int]] = [
        .bool: [1], .integer: [1, 2, 4, 8], .unsigned: [1, 2, 4, 8], .float: [2, 4, 8, 16], .complex: [8, 16, 32],
    ]

    /// NumPy's code.
    public var code: String {
        let hasOrder = size > 1 && kind != .bytes && kind != .opaque || kind == .text
        let number = kind == .text ? size / 4 : size
        return "\(hasOrder ? (isBigEndian ? ">" : "<") : "|")\(kind.rawValue)\(number)" + (unit.map { "[\($0)]" } ?? "")
    }
}

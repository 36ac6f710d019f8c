/// The header fields of a message, in order; names compare without regard to case.
public struct HTTPHeaders: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    public struct Field: Sendable, Hashable {
        public var name: String
        public var value: String
    }

    public private(set) var fields: [Field] = []

    public init() {}

    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0.0, value: $0.1) }
    }

    /// The first value of a field; setting replaces all its values, `nil` removes them.
    public subscript(name: String) -> String? {
        get { fields.first { Self.equal($0.name, name) }?.value }
        set {
            fields.removeAll { Self.equal($0.name, name) }
            if let newValue { fields.append(Field(name: name, value: newValue)) }
        }
    }

    public mutating func append(_ name: String, _ value: String) { fields.append(Field(name: name, value: value)) }

    /// How many values a field has.
    func count(of name: String) -> Int { fields.count { Self.equal($0.name, name) } }

    /// The lengths that the message says of itself; of an honest one at most one.
    var lengths: Set<String> {
        let values = fields.lazy.filter { Self.equal($0.name, "Content-Length") }.map(\.value)
        return Set(values.flatMap { $0.split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" } } })
    }

    /// Field names are ASCII, so this compares bytes and allocates nothing.
    static func equal(_ a: String, _ b: String) -> Bool {
        let a = a.utf8, b = b.utf8
        return a.count == b.count && zip(a, b).allSatisfy { lowercased($0) == lowercased($1) }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte | 0x20 : byte }
}

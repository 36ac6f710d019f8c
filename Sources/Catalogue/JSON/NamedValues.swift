/// A JSON object whose members' names were chosen by others: paths, groups, what a request asked for.
///
/// Foundation's coders keep members in a dictionary of strings, which takes the composed and the decomposed spelling of "é" for
/// one. So the object is taken apart and put together here, and only names and values are left to them.
public struct NamedValues<Value> {
    public typealias Member = (name: ExactText, value: Value)

    /// By their names' bytes, each name once.
    public let members: [Member]

    /// Of members with one name the last counts.
    public init(_ members: some Sequence<Member>) {
        self.init(Dictionary(members.lazy.map { ($0.name, $0.value) }) { $1 })
    }

    public init(_ values: [ExactText: Value]) {
        members = values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    public subscript(name: ExactText) -> Value? {
        var low = 0, high = members.count
        while low < high {
            let middle = (low + high) / 2
            if members[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low < members.count && members[low].name == name ? members[low].value : nil
    }
}

extension NamedValues: Sendable where Value: Sendable {}

extension NamedValues where Value: Encodable {
    /// The object as JSON.
    public var encoded: [UInt8] {
        let names = JSONPieces.elements(of: WireJSON.encode(members.map(\.name.text)))
        let values = JSONPieces.elements(of: WireJSON.encode(members.map(\.value)))
        var text: [UInt8] = [UInt8(ascii: "{")]
        for (name, value) in zip(names, values) {
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            text += name
            text.append(UInt8(ascii: ":"))
            text += value
        }
        return text + [UInt8(ascii: "}")]
    }
}

extension NamedValues where Value: Decodable {
    /// The object that is the member `name` of another; `nil` when it has none of that name, or null.
    public static func member(_ name: ExactText, of object: [UInt8]) throws -> NamedValues? {
        let pieces = JSONPieces.members(of: object) ?? []
        let names = try WireJSON.decode([String].self, from: JSONPieces.array(pieces.map(\.name)), .answer)
        guard let index = names.lastIndex(where: { ExactText($0) == name }) else { return nil }
        let value = Array(pieces[index].value)
        return try WireJSON.decode(JSONValue.self, from: value, .message) == .null ? nil : NamedValues(encoded: value)
    }

    /// - Throws: `DecodingError`, as `WireJSON` does.
    public init(encoded: [UInt8]) throws {
        if let pieces = JSONPieces.members(of: encoded) {
            let names = try WireJSON.decode([String].self, from: JSONPieces.array(pieces.map(\.name)), .answer)
            let values = try WireJSON.decode([Value].self, from: JSONPieces.array(pieces.map(\.value)), .answer)
            // A single value that is missing makes an array that is good JSON.
            if names.count == pieces.count, values.count == pieces.count {
                self.init(zip(names, values).map { (ExactText($0), $1) })
                return
            }
        }
        // What is no object, or none that can be taken apart, is refused in the words that go with any other.
        self.init(
            try WireJSON.decode([String: Value].self, from: encoded, .answer).map { (ExactText($0.key), $0.value) })
    }
}

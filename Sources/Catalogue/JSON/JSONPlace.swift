/// A value of a ``JSONDocument`` as what `Decodable` types read themselves from.
struct JSONPlace: Decoder {
    /// The way from the outermost value to this one; made into an array only for who is told what was wrong.
    final class Step: Sendable {
        enum Key: Sendable {
            case index(Int)
            case name(String)
        }
        let key: Key
        let parent: Step?

        init(_ key: Key, _ parent: Step?) {
            self.key = key
            self.parent = parent
        }

        struct PathKey: CodingKey {
            let stringValue: String
            let intValue: Int?
            init(stringValue: String) { (self.stringValue, intValue) = (stringValue, nil) }
            init(intValue: Int) { (stringValue, self.intValue) = ("\(intValue)", intValue) }
        }

        var path: [any CodingKey] {
            let own =
                switch key {
                case .index(let index): PathKey(intValue: index)
                case .name(let name): PathKey(stringValue: name)
                }
            return (parent?.path ?? []) + [own]
        }
    }

    let document: JSONDocument
    let node: Int
    let step: Step?

    var codingPath: [any CodingKey] { step?.path ?? [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    var kind: JSONNode.Kind { document.nodes[node].kind }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard kind == .object else { throw mismatch(type, "an object") }
        return KeyedDecodingContainer(JSONObjectPlace<Key>(self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard kind == .array else { throw mismatch([Any].self, "an array") }
        return JSONArrayPlace(self)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func mismatch(_ type: Any.Type, _ wanted: String) -> DecodingError {
        let found =
            switch kind {
            case .null: "null"
            case .true, .false: "a truth value"
            case .integer, .number: "a number"
            case .string, .escaped: "a string"
            case .array: "an array"
            case .object: "an object"
            }
        let context = DecodingError.Context(
            codingPath: codingPath, debugDescription: "there is \(found), not \(wanted)")
        return kind == .null ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }
}

extension JSONPlace: SingleValueDecodingContainer {
    func decodeNil() -> Bool { kind == .null }

    func decode(_ type: Bool.Type) throws -> Bool {
        switch kind {
        case .true: true
        case .false: false
        default: throw mismatch(type, "true or false")
        }
    }

    func decode(_ type: String.Type) throws -> String {
        guard document.nodes[node].isString else { throw mismatch(type, "a string") }
        guard let text = document.string(of: node) else {
            throw JSONDocument.corrupt("a string has half a surrogate pair", codingPath)
        }
        return text
    }

    func decode(_ type: Double.Type) throws -> Double {
        guard kind == .integer || kind == .number else { throw mismatch(type, "a number") }
        guard let value = document.double(of: node) else {
            throw JSONDocument.corrupt("a number is too large", codingPath)
        }
        return value
    }

    func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }

    func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        guard kind == .integer || kind == .number else { throw mismatch(type, "a whole number") }
        guard let value = document.integer(of: node, type) else {
            throw JSONDocument.corrupt(
                "there is no whole number between \(Number.min) and \(Number.max)", codingPath)
        }
        return value
    }

    func decode(_ type: Int.Type) throws -> Int { try integer(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        if document.isCancelled() { throw CancellationError() }
        return try T(from: self)
    }
}

/// An object of a ``JSONDocument``. Of a key that is there twice either value is taken.
final class JSONObjectPlace<Key: CodingKey>: KeyedDecodingContainerProtocol {
    private let place: JSONPlace
    private let keys: [Int]
    /// Keys are asked for in about the order in which they stand there: that of a dictionary exactly, so that all of them
    /// together cost one way through the object.
    private var cursor = 0

    init(_ place: JSONPlace) {
        self.place = place
        keys = place.document.children(of: place.node)
    }

    var codingPath: [any CodingKey] { place.codingPath }

    var allKeys: [Key] { keys.compactMap { place.document.string(of: $0).flatMap { Key(stringValue: $0) } } }

    func contains(_ key: Key) -> Bool { find(key.stringValue) != nil }

    /// Leaves the cursor where it is: the value is asked for next.
    func decodeNil(forKey key: Key) throws -> Bool {
        defer { cursor = max(0, cursor - 1) }
        return try value(key).decodeNil()
    }

    private func find(_ name: String) -> Int? {
        for offset in 0..<keys.count {
            var index = cursor + offset
            if index >= keys.count { index -= keys.count }
            if place.document.isKey(keys[index], name) {
                cursor = index
                return keys[index] + 1
            }
        }
        return nil
    }

    private func value(_ key: Key) throws -> JSONPlace {
        guard let node = find(key.stringValue) else {
            throw DecodingError.keyNotFound(
                key, .init(codingPath: codingPath, debugDescription: "'\(key.stringValue)' is missing"))
        }
        cursor += 1
        return JSONPlace(document: place.document, node: node, step: .init(.name(key.stringValue), place.step))
    }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try value(key).decode(type) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try value(key).decode(type) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try value(key).decode(type) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try value(key).decode(type) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try value(key).decode(type) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try value(key).decode(type) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try value(key).decode(type) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try value(key).decode(type) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try value(key).decode(type) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try value(key).decode(type) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try value(key).decode(type) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try value(key).decode(type) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try value(key).decode(type) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try value(key).decode(type) }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try value(key).decode(type) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { try value(key).container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try value(key).unkeyedContainer()
    }

    func superDecoder() -> any Decoder { place }
    func superDecoder(forKey key: Key) throws -> any Decoder { try value(key) }
}

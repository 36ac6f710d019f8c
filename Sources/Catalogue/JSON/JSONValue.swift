/// Any JSON value, for user attributes.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// Only what is more than an `Int64` has.
    case unsigned(UInt64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

extension JSONValue: Codable {
    /// Only ``WireJSON`` decodes it: other decoders have to be asked for one type after the other.
    public init(from decoder: any Decoder) throws {
        guard let place = decoder as? JSONPlace else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "only JSON is read as any value"))
        }
        self = try place.document.value(of: place.node)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .unsigned(let value): try container.encode(value)
        // JSON has no infinities.
        case .number(let value): if value.isFinite { try container.encode(value) } else { try container.encodeNil() }
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSONValue {
    /// Whether it takes more than `limit` bytes as JSON, in any case: found out without writing it.
    public func isSurelyLonger(than limit: Int) -> Bool {
        var left = limit
        return !fits(&left)
    }

    private func fits(_ left: inout Int) -> Bool {
        switch self {
        case .string(let text): left -= text.utf8.count + 2
        case .array(let values):
            left -= 2 + max(0, values.count - 1)
            for value in values where !value.fits(&left) { return false }
        case .object(let values):
            left -= 2 + max(0, values.count - 1)
            for (key, value) in values {
                left -= key.utf8.count + 3
                if !value.fits(&left) { return false }
            }
        default: left -= 1
        }
        return left >= 0
    }
}

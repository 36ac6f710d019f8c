internal import Arrays
internal import Platform

extension MessagePackValue {
    /// As JSON: bytes as text where they are UTF-8, else in base64; NaN and infinities as null; Python's tuples as arrays.
    public var json: String {
        var text = ""
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .uint(let value): text += String(value)
        case .double(let value): text += value.isFinite ? String(value) : "null"
        case .string(let value): JSONString.quote(value, to: &text)
        case .binary(let bytes): JSONString.quote(Self.readable(bytes), to: &text)
        case .ext(_, let bytes): JSONString.quote(Base64.encode(bytes), to: &text)
        case .array(let items): Self.write(items, to: &text)
        case .map(let pairs): Self.write(pairs, to: &text)
        }
    }

    private static func write(_ items: [MessagePackValue], to text: inout String) {
        text += "["
        // How python-blosc2 stores a tuple.
        let shown = items.first == .string("__tuple__") ? items.dropFirst() : items[...]
        for (index, item) in shown.enumerated() {
            if index > 0 { text += "," }
            item.write(to: &text)
        }
        text += "]"
    }

    private static func write(_ pairs: [Pair], to text: inout String) {
        text += "{"
        for (index, pair) in pairs.enumerated() {
            if index > 0 { text += "," }
            JSONString.quote(pair.key.keyText, to: &text)
            text += ":"
            pair.value.write(to: &text)
        }
        text += "}"
    }

    private var keyText: String {
        switch self {
        case .string(let value): value
        case .binary(let bytes): Self.readable(bytes)
        default: json
        }
    }

    private static func readable(_ bytes: [UInt8]) -> String {
        String(validating: bytes, as: UTF8.self) ?? Base64.encode(bytes)
    }
}

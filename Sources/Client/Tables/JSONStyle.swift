internal import Catalogue
internal import HTTP
internal import Platform

/// JSON as commands print it: one line, keys sorted, a space behind commas and colons, as Python's `json.dumps` does.
enum JSONStyle {
    static func line(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): "\(value)"
        case .unsigned(let value): "\(value)"
        case .number(let value): value.isFinite ? "\(value)" : "null"
        case .string(let value): JSONString.quoted(value)
        case .array(let values): "[" + values.map(line).joined(separator: ", ") + "]"
        case .object(let values):
            "{"
                + values.sorted { $0.key < $1.key }.map { "\(JSONString.quoted($0)): \(line($1))" }.joined(
                    separator: ", ")
                + "}"
        }
    }

    static func line(_ values: NamedValues<JSONValue>) -> String {
        "{" + values.members.map { "\(JSONString.quoted($0.name.text)): \(line($0.value))" }.joined(separator: ", ")
            + "}"
    }

    static func line(_ paths: [String]) -> String { line(.array(paths.map(JSONValue.string))) }

    /// A value of ours by way of its wire form.
    static func value(_ value: some Encodable) throws -> JSONValue {
        try WireJSON.decode(JSONValue.self, from: WireJSON.encode(value), .answer)
    }
}

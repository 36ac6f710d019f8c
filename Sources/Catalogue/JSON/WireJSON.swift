internal import FoundationEssentials

/// JSON as this project writes it: keys sorted, compact, the same bytes for the same value.
public enum WireJSON {
    public static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // A number from a file that somebody has written to may be none.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        do {
            return [UInt8](try encoder.encode(value))
        } catch {
            // Our own types have no value that JSON cannot say: `JSONValue` sees to infinities.
            preconditionFailure("\(type(of: value)) cannot be written as JSON: \(error)")
        }
    }

    /// The one reader of JSON that comes from outside: its cost is bounded by `limits` before it begins, and linear.
    ///
    /// - Parameter isCancelled: asked now and then; nobody waits for the value any more.
    /// - Throws: ``JSONExcess``, `DecodingError`; ``describe(_:)`` makes both readable; `CancellationError`.
    public static func decode<T: Decodable>(
        _ type: T.Type, from bytes: [UInt8], _ limits: JSONLimits = .answer,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> T {
        let document = try JSONDocument(bytes, limits, isCancelled: isCancelled)
        return try JSONPlace(document: document, node: 0, step: nil).decode(type)
    }

    /// What is wrong with a piece of JSON, for who sent it.
    public static func describe(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        let place = { (path: [any CodingKey]) in
            path.isEmpty
                ? "" : " at " + path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context): return "'\(key.stringValue)' is missing\(place(context.codingPath))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "\(context.debugDescription)\(place(context.codingPath))"
        case .dataCorrupted(let context): return "\(context.debugDescription)\(place(context.codingPath))"
        @unknown default: return "\(error)"
        }
    }
}

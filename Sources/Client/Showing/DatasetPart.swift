internal import Arrays
internal import Catalogue
internal import HTTP

/// What `PATH[SLICE]` names.
struct DatasetPart: Sendable {
    let dataset: Dataset
    let slice: SliceExpression

    /// Finds it. A name that exists is meant as it stands, with all its brackets.
    static func find(_ text: String, at subscriber: Subscriber) async throws -> DatasetPart {
        if let dataset = try await subscriber.dataset(text) { return DatasetPart(dataset: dataset, slice: .all) }
        if text.hasSuffix("]"), let open = text.lastIndex(of: "["), open != text.startIndex {
            let name = String(text[..<open])
            if let dataset = try await subscriber.dataset(name) {
                let inner = String(text[text.index(after: open)...].dropLast())
                do {
                    return DatasetPart(dataset: dataset, slice: try SliceExpression(parsing: inner))
                } catch {
                    throw ClientError(.refused, "\(name): '\(inner)' is no slice; 0:10, 1 and ..., -1 are some")
                }
            }
            throw await unknown(name, at: subscriber)
        }
        throw await unknown(text, at: subscriber)
    }

    private static func unknown(_ name: String, at subscriber: Subscriber) async -> ClientError {
        let all = (try? await subscriber.list()) ?? []
        return ClientError(
            .notFound,
            Subscriber.describe(name, "there is no such dataset", suggestions: NearestNames.of(name, among: all)))
    }

    var path: String { dataset.path.text }

    /// Of what can be sliced: an array's, or one dimension of items or bytes.
    var shape: [Int64] {
        if let array = dataset.array { return array.shape }
        if let frame = dataset.frame { return [frame.typeSize > 0 ? frame.nbytes / frame.typeSize : 0] }
        return [dataset.size]
    }

    /// As `/api/fetch` is asked for it.
    func question(field: String?) -> JSONValue {
        .object(["slice_": .string(slice.description), "field": field.map(JSONValue.string) ?? .null])
    }

    func resolved() throws -> ResolvedSlice {
        do { return try slice.resolved(for: shape) } catch { throw ClientError(.refused, "\(path): \(error)") }
    }
}

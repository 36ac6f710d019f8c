internal import Arrays
internal import Blosc2
internal import Catalogue
internal import HTTP
internal import Platform

/// Reads what is to be shown of an array, and no more than that.
struct ArrayShowing: Sendable {
    let part: DatasetPart
    /// Of a structured type.
    let field: String?
    let subscriber: Subscriber

    /// As NumPy prints it; of more than a thousand items only the ends, unless all are asked for.
    func text(isFull: Bool) async throws -> String {
        let resolved = try part.resolved()
        if !isFull, field == nil, let ends = try await ends(of: resolved) {
            return try understood { () throws(ArrayError) in try ArrayText(ends: ends, of: resolved.shape).text }
        }
        let values = try await values()
        return try understood { () throws(ArrayError) in try ArrayText(values, isFull: isFull).text }
    }

    func json() async throws -> String {
        let values = try await values()
        return try understood { () throws(ArrayError) in try values.json() }
    }

    func values() async throws -> ArrayValues {
        _ = try part.resolved()
        return try await values(part.question(field: field))
    }

    /// The items that are printed of an abbreviated array; `nil` when all are.
    private func ends(of slice: ResolvedSlice) async throws -> ArrayValues? {
        guard let ends = IndexExpression.ends(of: slice) else { return nil }
        if part.dataset.array != nil { return try await values(.object(["indices": .string(ends.json)])) }
        // Items cannot be gathered: the first three, then the last.
        guard slice.axes.count == 1, slice.axes[0].step == 1 else { return nil }
        let axis = slice.axes[0], end = axis.start + axis.count
        let first = try await values(.object(["slice_": .string("\(axis.start):\(axis.start + 3)")]))
        let last = try await values(.object(["slice_": .string("\(end - 3):\(end)")]))
        return ArrayValues(
            shape: [6], dtype: nil, itemSize: first.itemSize, bytes: SharedBytes(first.bytes.array + last.bytes.array))
    }

    private func values(_ question: JSONValue) async throws -> ArrayValues {
        let frame = try await subscriber.fetch(part.path, question)
        return try understood { () throws(ArrayError) in
            let reader = try ArrayReader(MemorySource(frame))
            return try reader.read(reader.selection(.all), field: nil)
        }
    }

    private func understood<Value>(_ body: () throws(ArrayError) -> Value) throws -> Value {
        do { return try body() } catch { throw ClientError(.badAnswer, "\(part.path): \(error)") }
    }
}

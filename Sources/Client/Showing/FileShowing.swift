internal import Arrays
internal import Catalogue
internal import HTTP
internal import Platform

/// Shows a plain file: text as text.
struct FileShowing: Sendable {
    /// What is shown unless all is asked for.
    private static let shownBytes: Int64 = 1 << 16

    let part: DatasetPart
    let subscriber: Subscriber
    let output: any TextOutput
    /// For what is not the result: one line each.
    let note: @Sendable (String) -> Void

    func show(isFull: Bool) async throws {
        let range = try range()
        let shown = isFull ? range : range.lowerBound..<min(range.upperBound, range.lowerBound + Self.shownBytes)
        let text = try self.text(try await subscriber.bytes(part.path, shown), isCut: shown != range)
        try output.print(output.isTerminal ? Self.harmless(text) : text)
        guard shown != range else { return }
        try output.flush()
        note("these are \(shown.count) of \(range.count) bytes; --full prints all")
    }

    func json() async throws -> String {
        let bytes = try await subscriber.bytes(part.path, try range())
        return JSONString.quoted(try text(bytes, isCut: false))
    }

    func raw() async throws {
        let range = try range()
        if range.isEmpty { return }
        try await subscriber.stream(part.path, range) { [output] in try output.write($0) }
    }

    private func range() throws -> Range<Int64> {
        let slice = try part.resolved()
        guard let axis = slice.axes.first, slice.axes.count == 1, axis.step == 1 else {
            throw ClientError(.refused, "\(part.path) is a plain file: only slices without a step can be taken of it")
        }
        return Int64(axis.start)..<Int64(axis.start + axis.count)
    }

    /// - Parameter isCut: the last character may be half of one.
    private func text(_ bytes: [UInt8], isCut: Bool) throws -> String {
        for missing in 0...(isCut ? min(3, bytes.count) : 0) {
            let whole = bytes.dropLast(missing)
            if !whole.contains(0), let text = String(validating: whole, as: UTF8.self) { return text }
        }
        let dataset = part.dataset, page = PercentEncoding.path(part.path)
        throw ClientError(
            .refused,
            "\(part.path) is not text and no array: it is a file of \(HumanText.bytes(dataset.size)), "
                + "\(dataset.mediaType); 'bpubsub show --raw' prints its bytes, 'bpubsub download \(part.path) -o DIR' writes a "
                + "file, and \(subscriber.url)/datasets/\(page) is its page")
    }

    /// Without what would make a terminal do other things than show it.
    private static func harmless(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map { PrintableText.escaped(String($0)) }
                .joined(separator: "\t")
        }.joined(separator: "\n")
    }
}

import Catalogue

/// A reader's demand for a range of a mirror: what lies ahead of it is fetched for as long as this lives.
final class ReadAhead: Sendable {
    private let mirror: Mirror
    private let token: Presence.Token

    init(_ mirror: Mirror, _ range: Range<Int64>) {
        self.mirror = mirror
        token = mirror.beginReading(mirror.manifest.chunks(touching: range))
        mirror.kick()
    }

    deinit { mirror.endReading(token) }

    /// Returns when the bytes of `range`, a part of the whole, are there. Parts are asked for in their order.
    ///
    /// - Throws: ``FetchFailure``; `CancellationError`.
    func wait(for range: Range<Int64>) async throws {
        for chunk in mirror.manifest.chunks(touching: range) {
            mirror.advance(token, to: chunk)
            try await mirror.wait(for: chunk, token)
        }
    }
}

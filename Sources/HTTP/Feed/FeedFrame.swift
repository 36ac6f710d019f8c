internal import Platform

/// An entry as it goes to the sockets of all watchers.
struct FeedFrame: Sendable {
    let position: UInt64
    let key: String?
    /// Empty when the entry is.
    let chunk: HTTPChunk

    init(_ entry: FeedEntry) {
        position = entry.position
        key = entry.key
        chunk = HTTPChunk(entry.bytes)
    }

    /// What it costs to remember it, about.
    var cost: Int { chunk.bytes.count + 128 + (key?.utf8.count ?? 0) }
}

internal import Platform

/// An entry as it goes to the sockets of all watchers.
struct FeedFrame: Sendable {
    let position: UInt64
    let key: String?
    /// Framed as a chunk; empty when the entry is.
    let bytes: SharedBytes

    init(_ entry: FeedEntry) {
        position = entry.position
        key = entry.key
        bytes = HTTPChunk.framed(entry.bytes)
    }

    /// What it costs to remember it, about.
    var cost: Int { bytes.count + 128 + (key?.utf8.count ?? 0) }
}

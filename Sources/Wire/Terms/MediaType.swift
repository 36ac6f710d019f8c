/// What is sent, by its names in `Content-Type` and `Accept`.
package enum MediaType {
    package static let json = "application/json"
    /// JSON, one value a line: the feed of changes, and listings.
    package static let lines = "application/x-ndjson"
    package static let events = "text/event-stream"
    package static let bytes = "application/octet-stream"
    package static let manifest = "application/vnd.bpubsub.manifest"
    package static let manifestDelta = "application/vnd.bpubsub.manifest-delta"
    package static let blocks = "application/vnd.bpubsub.blocks"
    /// An array as NumPy has it.
    package static let npy = "application/x-npy"
}

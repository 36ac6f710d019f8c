import Catalogue

/// A change as JSON, ready for its revision.
///
/// Encoding is the expensive part and happens before the log's writer sees the change. A line's keys are sorted, so all
/// of them end with the revision and the type: only that end is written when the revision is known, and two changes are
/// equal when what comes before is.
struct EncodedChange: Sendable {
    let key: String
    let group: String
    let kind: LogEntry.Kind
    /// `{"dataset":{…}`, up to the comma before the revision.
    private let head: [UInt8]

    init(_ change: Change) {
        key = change.key
        group = change.groupName
        kind =
            switch change {
            case .put: .put
            case .delete: .delete
            case .group: .group
            }
        let line = FeedLine.change(0, change).encoded
        let end = Self.closing(kind, 0)
        precondition(line.suffix(end.count).elementsEqual(end), "a line of the feed ends with its revision and type")
        head = Array(line.dropLast(end.count))
    }

    func line(at revision: Revision) -> [UInt8] { head + Self.closing(kind, revision) }

    /// Whether `line`, whatever its revision, says the same.
    func says(theSameAs entry: LogEntry) -> Bool {
        entry.kind == kind && entry.line.count == head.count + Self.closing(kind, entry.revision).count
            && entry.line.starts(with: head)
    }

    static func opening(_ kind: LogEntry.Kind) -> String {
        switch kind {
        case .group: "{\"group\":"
        case .put: "{\"dataset\":"
        case .delete: "{\"path\":"
        }
    }

    static func closing(_ kind: LogEntry.Kind, _ revision: Revision) -> [UInt8] {
        Array(",\"revision\":\(revision),\"type\":\"\(kind)\"}".utf8)
    }
}

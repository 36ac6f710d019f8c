public import Catalogue

/// One change in the log: the current state of its key until the next one.
public struct LogEntry: Hashable, Sendable {
    public enum Kind: Int, Sendable { case group, put, delete }

    public let revision: Revision
    /// A dataset's path, or a group's name.
    public let key: String
    public let kind: Kind
    /// The line of the feed, without its end.
    public let line: [UInt8]

    public init(revision: Revision, key: String, kind: Kind, line: [UInt8]) {
        self.revision = revision
        self.key = key
        self.kind = kind
        self.line = line
    }

    /// The DATASET of a `put` line or the GROUP of a `group` line, as JSON: a slice of the line, not encoded again.
    public var value: ArraySlice<UInt8> {
        let (start, end) = (EncodedChange.opening(kind).count, EncodedChange.closing(kind, revision).count)
        guard line.count >= start + end else { return [] }
        return line[start..<(line.count - end)]
    }
}

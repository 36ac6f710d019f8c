/// A digest of a set of catalogue entries that does not depend on their order and is updated in constant time.
///
/// The entries' digests are added, in four lanes of 64 bits: two catalogues agree when they hold the same lines.
public struct StateDigest: Hashable, Sendable {
    private var lanes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    public init() {}

    /// The state whose ``digest`` was kept somewhere.
    public init(_ digest: Digest) { lanes = digest.words }

    /// The digest of an entry: of the line of the feed that announced it, without its line end.
    public static func entry(line: [UInt8]) -> Digest { DigestTree.change(line) }

    /// Adds an entry, by its digest.
    public mutating func insert(_ entry: Digest) {
        let words = entry.words
        lanes = (lanes.0 &+ words.0, lanes.1 &+ words.1, lanes.2 &+ words.2, lanes.3 &+ words.3)
    }

    /// Takes an entry out that was inserted before.
    public mutating func remove(_ entry: Digest) {
        let words = entry.words
        lanes = (lanes.0 &- words.0, lanes.1 &- words.1, lanes.2 &- words.2, lanes.3 &- words.3)
    }

    public mutating func insert(line: [UInt8]) { insert(Self.entry(line: line)) }
    public mutating func remove(line: [UInt8]) { remove(Self.entry(line: line)) }

    public var digest: Digest { Digest(lanes) }

    public static func == (a: StateDigest, b: StateDigest) -> Bool { a.lanes == b.lanes }
    public func hash(into hasher: inout Hasher) { hasher.combine(lanes.0) }
}

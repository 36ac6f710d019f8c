public import Catalogue
public import Digests

/// What the log says of itself at one revision.
public struct LogState: Hashable, Sendable {
    public var epoch: Epoch
    public var revision: Revision
    /// The digest of each group's current lines.
    public var digests: [String: Digest]

    public init(epoch: Epoch, revision: Revision, digests: [String: Digest]) {
        self.epoch = epoch
        self.revision = revision
        self.digests = digests
    }

    /// The line of the feed that says it, without its end.
    public var bookmark: [UInt8] { FeedLine.bookmark(revision, epoch, digests: digests).encoded }
}

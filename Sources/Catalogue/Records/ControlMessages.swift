// The bodies of the control plane's requests and answers; `docs/protocol.md` shows each.

/// `PUT /api/publishers/{group}`: claims a group, or renews the claim.
public struct Claim: Codable, Hashable, Sendable {
    public var secret: String
    public var urls: [String]
    public var `class`: String
    /// Said once the publisher has compared all that it has with the catalogue and announced what differed: a number that is
    /// greater than each that was said of the group before.
    public var announced: UInt64?
    /// True while the folder, or a part of it, is away; left out otherwise.
    public var away: Bool?
    /// Which state folder the secret is in: of two publishers with one secret, one has a copy.
    public var instance: String?

    public init(
        secret: String, urls: [String], class: String, announced: UInt64? = nil, away: Bool? = nil,
        instance: String? = nil
    ) {
        self.away = away
        self.instance = instance
        self.secret = secret
        self.urls = urls
        self.class = `class`
        self.announced = announced
    }
}

/// The answer to a ``Claim``.
public struct Lease: Codable, Hashable, Sendable {
    public var group: String
    /// Goes into the `Bpubsub-Lease` header of announcements.
    public var lease: String
    /// How long the group stays online without a renewal.
    public var seconds: Double
    public var epoch: Epoch
    public var revision: Revision
    /// What the publisher's user should know.
    public var warning: String?

    public init(
        group: String, lease: String, seconds: Double, epoch: Epoch, revision: Revision, warning: String? = nil
    ) {
        self.warning = warning
        self.group = group
        self.lease = lease
        self.seconds = seconds
        self.epoch = epoch
        self.revision = revision
    }
}

/// One announcement or withdrawal.
public enum Announcement: Hashable, Sendable {
    case put(Dataset)
    case delete(DatasetPath)

    public var path: DatasetPath {
        switch self {
        case .put(let dataset): dataset.path
        case .delete(let path): path
        }
    }
}

extension Announcement: Codable {
    private enum Key: CodingKey { case put, delete }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let dataset = try container.decodeIfPresent(Dataset.self, forKey: .put) {
            self = .put(dataset)
        } else {
            self = .delete(try container.decode(DatasetPath.self, forKey: .delete))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .put(let dataset): try container.encode(dataset, forKey: .put)
        case .delete(let path): try container.encode(path, forKey: .delete)
        }
    }
}

/// `POST /api/changes`: a batch, applied in order and as a whole.
public struct Announcements: Codable, Hashable, Sendable {
    public var changes: [Announcement]
    /// The most changes in one batch.
    public static let limit = 10_000

    public init(_ changes: [Announcement]) { self.changes = changes }
}

/// The answer to ``Announcements``, after they are durable: a revision for each, in order. What the catalogue said
/// already has the revision it had.
public struct Acknowledgement: Codable, Hashable, Sendable {
    public var epoch: Epoch
    public var revisions: [Revision]

    public init(epoch: Epoch, revisions: [Revision]) {
        self.epoch = epoch
        self.revisions = revisions
    }
}

/// The names of the protocol's own header fields.
public enum ProtocolHeader {
    public static let lease = "Bpubsub-Lease"
    public static let epoch = "Bpubsub-Epoch"
    public static let revision = "Bpubsub-Revision"
    /// The protocol's version; sent with each request and answer, 1 for now.
    public static let `protocol` = "Bpubsub-Protocol"
}

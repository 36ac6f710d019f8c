package import Catalogue

// The bodies of the control plane's requests and answers; `docs/protocol.md` shows each.

/// `PUT /api/publishers/{group}`: claims a group, or renews the claim.
package struct Claim: Codable, Hashable, Sendable {
    package var secret: String
    package var urls: [String]
    package var `class`: String
    /// Said once the publisher has compared all that it has with the catalogue and announced what differed: a number that is
    /// greater than each that was said of the group before.
    package var announced: UInt64?
    /// True while the folder, or a part of it, is away; left out otherwise.
    package var away: Bool?
    /// Which state folder the secret is in: of two publishers with one secret, one has a copy.
    package var instance: String?

    package init(
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
package struct Lease: Codable, Hashable, Sendable {
    package var group: String
    /// Goes into the `Bpubsub-Lease` header of announcements.
    package var lease: String
    /// How long the group stays online without a renewal.
    package var seconds: Double
    package var epoch: Epoch
    package var revision: Revision
    /// What the publisher's user should know.
    package var warning: String?

    package init(
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
package enum Announcement: Hashable, Sendable {
    case put(Dataset)
    case delete(DatasetPath)

    package var path: DatasetPath {
        switch self {
        case .put(let dataset): dataset.path
        case .delete(let path): path
        }
    }
}

extension Announcement: Codable {
    private enum Key: CodingKey { case put, delete }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let dataset = try container.decodeIfPresent(Dataset.self, forKey: .put) {
            self = .put(dataset)
        } else {
            self = .delete(try container.decode(DatasetPath.self, forKey: .delete))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .put(let dataset): try container.encode(dataset, forKey: .put)
        case .delete(let path): try container.encode(path, forKey: .delete)
        }
    }
}

/// `POST /api/changes`: a batch, applied in order and as a whole.
package struct Announcements: Codable, Hashable, Sendable {
    package var changes: [Announcement]
    /// The most changes in one batch.
    package static let limit = 10_000

    package init(_ changes: [Announcement]) { self.changes = changes }
}

/// The answer to ``Announcements``, after they are durable: a revision for each, in order. What the catalogue said
/// already has the revision it had.
package struct Acknowledgement: Codable, Hashable, Sendable {
    package var epoch: Epoch
    package var revisions: [Revision]

    package init(epoch: Epoch, revisions: [Revision]) {
        self.epoch = epoch
        self.revisions = revisions
    }
}

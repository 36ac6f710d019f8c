package import Catalogue

/// How a subscriber is: `GET /api/status`.
///
/// What releases before this one did not tell is optional.
package struct SubscriberStatus: Codable, Hashable, Sendable {
    package struct Broker: Codable, Hashable, Sendable {
        package var url: String
        package var connected: Bool
        /// When `connected` last changed, seconds since 1970.
        package var since: Double?
        package var epoch: Epoch?
        package var revision: Revision?
        /// Seconds since what is here was known to be current.
        package var lag: Double?
        /// The same while nobody knows whether there is anything newer, else left out.
        package var stale: Double?

        package init(
            url: String, connected: Bool, since: Double?, epoch: Epoch?, revision: Revision?, lag: Double?,
            stale: Double?
        ) {
            self.url = url
            self.connected = connected
            self.since = since
            self.epoch = epoch
            self.revision = revision
            self.lag = lag
            self.stale = stale
        }
    }

    package struct Mirrors: Codable, Hashable, Sendable {
        package var count: Int
        package var complete: Int
        package var bytes: Int64
        package var size: Int64
        /// Bytes that may be held.
        package var limit: Int64?

        package init(count: Int, complete: Int, bytes: Int64, size: Int64, limit: Int64?) {
            self.count = count
            self.complete = complete
            self.bytes = bytes
            self.size = size
            self.limit = limit
        }
    }

    /// Where mirrors are.
    package struct Disk: Codable, Hashable, Sendable {
        /// Bytes that mirrors take, and true copies of them.
        package var used: Int64
        /// Bytes that the file system has left.
        package var free: Int64?
        /// What the files for other programs are: `clone`, `link` or `copy`.
        package var copies: String?
        /// What is wrong with it.
        package var error: String?

        package init(used: Int64, free: Int64?, copies: String?, error: String?) {
            self.used = used
            self.free = free
            self.copies = copies
            self.error = error
        }
    }

    package struct Transfers: Codable, Hashable, Sendable {
        package var running: Int
        /// To publishers, since the start; the bytes and chunks as well.
        package var requests: Int64?
        package var fetchedBytes: Int64
        package var savedBytes: Int64
        package var rejectedChunks: Int64

        package init(
            running: Int, requests: Int64?, fetchedBytes: Int64, savedBytes: Int64, rejectedChunks: Int64
        ) {
            self.running = running
            self.requests = requests
            self.fetchedBytes = fetchedBytes
            self.savedBytes = savedBytes
            self.rejectedChunks = rejectedChunks
        }
    }

    /// Of clients, since the start.
    package struct Requests: Codable, Hashable, Sendable {
        package var answered: Int64
        /// With a status of 400 to 499.
        package var refused: Int64
        /// With a status of 500 or more.
        package var failed: Int64
        package var sentBytes: Int64

        package init(answered: Int64, refused: Int64, failed: Int64, sentBytes: Int64) {
            self.answered = answered
            self.refused = refused
            self.failed = failed
            self.sentBytes = sentBytes
        }
    }

    /// Answers that are kept, and what came of them since the start.
    package struct Cache: Codable, Hashable, Sendable {
        package var answers: Int
        package var bytes: Int
        package var limit: Int
        /// Requests that were answered with what was kept.
        package var hits: Int64
        /// Answers that had to be made, of those that are kept.
        package var misses: Int64

        package init(answers: Int, bytes: Int, limit: Int, hits: Int64, misses: Int64) {
            self.answers = answers
            self.bytes = bytes
            self.limit = limit
            self.hits = hits
            self.misses = misses
        }
    }

    package var version: String
    /// Seconds since the start.
    package var uptime: Double?
    /// Bytes that the process occupies.
    package var memory: Int64?
    package var broker: Broker
    package var groups: [GroupStatus]
    package var datasets: Int
    package var followed: [String]
    package var mirrors: Mirrors
    package var disk: Disk?
    package var transfers: Transfers
    package var requests: Requests?
    package var cache: Cache?

    package init(
        version: String, uptime: Double?, memory: Int64?, broker: Broker, groups: [GroupStatus], datasets: Int,
        followed: [String], mirrors: Mirrors, disk: Disk?, transfers: Transfers, requests: Requests?, cache: Cache?
    ) {
        self.version = version
        self.uptime = uptime
        self.memory = memory
        self.broker = broker
        self.groups = groups
        self.datasets = datasets
        self.followed = followed
        self.mirrors = mirrors
        self.disk = disk
        self.transfers = transfers
        self.requests = requests
        self.cache = cache
    }
}

/// A group, and for how long nothing has been heard of its publisher.
package struct GroupStatus: Hashable, Sendable {
    package var group: Group
    /// Seconds: of the broker, who tells when a publisher goes; while the publisher is offline, since it went. `nil` before
    /// the broker was heard of.
    package var lag: Double?
    /// For how many seconds what is kept of it has not been known to be current, because the present broker has not been told.
    package var stale: Double?

    package init(_ group: Group, lag: Double?, stale: Double?) {
        self.group = group
        self.lag = lag
        self.stale = stale
    }
}

/// As the group, with more keys.
extension GroupStatus: Codable {
    private enum CodingKeys: CodingKey { case lag, stale }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try Group(from: decoder), lag: try container.decodeIfPresent(Double.self, forKey: .lag),
            stale: try container.decodeIfPresent(Double.self, forKey: .stale))
    }

    package func encode(to encoder: any Encoder) throws {
        try group.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(lag, forKey: .lag)
        try container.encodeIfPresent(stale, forKey: .stale)
    }
}

internal import Catalogue

// What a subscriber answers; `docs/protocol.md` shows each.

/// `GET /api/list?long=true`: a dataset, and how much of it the subscriber holds.
struct ListedDataset: Codable, Hashable, Sendable {
    var dataset: Dataset
    /// Bytes.
    var held: Int64
    var complete: Bool
    var followed: Bool
}

/// `GET /api/info`: a dataset that is followed or held.
struct HeldDataset: Codable, Hashable, Sendable {
    var follow: Bool
}

/// `POST /api/follow?estimate=true`: what it takes to hold all of what is named; in bytes.
struct FollowEstimate: Codable, Hashable, Sendable {
    var datasets: Int
    /// Of the current versions.
    var bytes: Int64
    var held: Int64
    var fetch: Int64
    var requests: Int
    var disk: Int64
    /// All that would be followed then.
    var kept: Int64
    var limit: Int64?
    var free: Int64?
    /// Why there is not enough room.
    var detail: String?
}

/// `POST /api/download`: how far a download is.
struct TransferState: Codable, Hashable, Sendable {
    enum Phase: String, Codable, Sendable {
        case running, complete, failed

        /// What a later version may add is, for who waits for the end, not the end.
        init(from decoder: any Decoder) throws {
            self = Phase(rawValue: try decoder.singleValueContainer().decode(String.self)) ?? .running
        }
    }

    var state: Phase
    var held: Int64
    var size: Int64
    var version: Version?
    /// Why it has failed; or, while it is running, what is in its way.
    var error: String?
}

/// A refusal; `errors` when it is about names.
struct Refusal: Sendable {
    struct NameProblem: Codable, Hashable, Sendable {
        var reason: String
        var suggestions: [String]?
    }

    private struct Detail: Codable {
        var detail: String?
    }

    var detail: String?
    var errors: NamedValues<NameProblem>?

    init(encoded bytes: [UInt8]) throws {
        detail = try WireJSON.decode(Detail.self, from: bytes, .message).detail
        errors = try NamedValues<NameProblem>.member("errors", of: bytes)
    }
}

/// `GET /api/status`.
struct SubscriberStatus: Codable, Hashable, Sendable {
    struct Broker: Codable, Hashable, Sendable {
        var url: String
        var connected: Bool
        /// When `connected` last changed, seconds since 1970.
        var since: Double?
        var revision: Revision?
        /// Seconds since the broker was last heard of.
        var lag: Double?
        /// For how many seconds nobody has known whether there is anything newer; `nil` when that is known.
        var stale: Double?
    }

    struct Mirrors: Codable, Hashable, Sendable {
        var count: Int
        var complete: Int
        var bytes: Int64
        var size: Int64
        var limit: Int64?
    }

    struct Disk: Codable, Hashable, Sendable {
        var used: Int64
        var free: Int64?
        /// What the files for other programs are: "clone", "link" or "copy".
        var copies: String?
        var error: String?
    }

    struct Transfers: Codable, Hashable, Sendable {
        var running: Int
        var fetchedBytes: Int64
        var savedBytes: Int64
        var rejectedChunks: Int64
    }

    var version: String
    var broker: Broker
    var groups: [Group]
    var datasets: Int
    var followed: [String]
    var mirrors: Mirrors
    /// Not told by a subscriber of an earlier release.
    var disk: Disk?
    var transfers: Transfers
}

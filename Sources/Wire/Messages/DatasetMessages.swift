package import Catalogue

// What a subscriber says of datasets; `docs/protocol.md` shows each. What releases before this one did not tell is optional.

/// `GET /api/list?long=true`: a dataset, and what is held of it there.
package struct ListedDataset: Codable, Hashable, Sendable {
    package var dataset: Dataset
    /// Bytes.
    package var held: Int64
    package var complete: Bool
    package var followed: Bool
    /// For how many seconds it has not been known to be current, because the present broker has not been told of it.
    package var stale: Double?

    package init(dataset: Dataset, held: Int64, complete: Bool, followed: Bool, stale: Double? = nil) {
        self.dataset = dataset
        self.held = held
        self.complete = complete
        self.followed = followed
        self.stale = stale
    }
}

/// `GET /api/info`: a dataset that is followed or held.
package struct HeldDataset: Codable, Hashable, Sendable {
    package var mtime: Double?
    package var follow: Bool
    /// All of it is fetched, in every version; else, of what is followed, what is held completely stays current.
    package var whole: Bool?
    package var pinned: Bool?
    package var version: Version?
    package var size: Int64?
    package var held: Int64
    package var complete: Bool
    /// What is held completely is not the current version, or is not known to be.
    package var stale: Bool?
    package var file: String?
    /// What the file is: `clone`, `link` or `copy`.
    package var copy: String?

    package init(follow: Bool, held: Int64, complete: Bool) {
        self.follow = follow
        self.held = held
        self.complete = complete
    }
}

/// `POST /api/download`, and the event `progress`: how much of a dataset's current version is held.
package struct MirrorProgress: Codable, Hashable, Sendable {
    package enum State: String, Codable, Sendable {
        /// Nobody has asked for all of it.
        case idle
        case running
        case complete
        /// What came is wrong, or cannot be stored; it is tried again all the same.
        case failed

        /// What a later release may add is, for who waits for the end, not the end.
        package init(from decoder: any Decoder) throws {
            self = State(rawValue: try decoder.singleValueContainer().decode(String.self)) ?? .running
        }
    }

    package var path: DatasetPath
    package var version: Version
    package var state: State
    package var held: Int64
    package var size: Int64
    /// Why it has failed; or, while it is running, what is in its way.
    package var error: String?

    package init(
        path: DatasetPath, version: Version, state: State, held: Int64, size: Int64, error: String? = nil
    ) {
        self.path = path
        self.version = version
        self.state = state
        self.held = held
        self.size = size
        self.error = error
    }
}

/// `POST /api/follow?estimate=true`: what it takes to hold all of some datasets' current versions.
package struct FollowEstimate: Codable, Hashable, Sendable {
    /// How many datasets the names stand for now.
    package var datasets = 0
    /// Bytes of their current versions.
    package var bytes: Int64 = 0
    /// Bytes of these that are held.
    package var held: Int64 = 0
    /// Bytes that have to be fetched.
    package var fetch: Int64 = 0
    /// Requests to publishers that this takes, about.
    package var requests = 0
    /// Bytes on disk that this takes.
    package var disk: Int64 = 0
    /// Bytes of all that would be followed and held as a whole then, counted as they lie on the disk.
    package var kept: Int64 = 0
    /// Bytes that may be held; `nil` for as many as there is room for.
    package var limit: Int64?
    /// Bytes that are free on the file system, and those that make room.
    package var free: Int64?
    /// Why it cannot be held; `nil` when there is room.
    package var detail: String?

    package init() {}
}

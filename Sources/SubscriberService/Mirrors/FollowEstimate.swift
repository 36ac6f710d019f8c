import Catalogue
import Platform

/// What it takes to hold all of some datasets' current versions: `POST /api/follow?estimate=true`.
struct FollowEstimate: Sendable, Encodable, Equatable {
    /// How many datasets the names stand for now.
    var datasets = 0
    /// Bytes of their current versions.
    var bytes: Int64 = 0
    /// Bytes of these that are held.
    var held: Int64 = 0
    /// Bytes that have to be fetched.
    var fetch: Int64 = 0
    /// Requests to publishers that this takes, about.
    var requests = 0
    /// Bytes on disk that this takes.
    var disk: Int64 = 0
    /// Bytes of all that would be followed and held as a whole then, counted as they lie on the disk.
    var kept: Int64 = 0
    /// Bytes that may be held; `nil` for as many as there is room for.
    var limit: Int64?
    /// Bytes that are free on the file system, and those that make room.
    var free: Int64?
    /// Why it cannot be held; `nil` when there is room.
    var detail: String?

    var fits: Bool { detail == nil }

    mutating func add(_ size: Int64, held: Int64) {
        let (held, missing) = (min(held, size), max(size - held, 0))
        datasets += 1
        bytes = bytes +| size
        self.held = self.held +| held
        fetch = fetch +| missing
        // A manifest, and the bytes in runs.
        if missing > 0 { requests += 1 + Int((missing - 1) / Demand.runLength) + 1 }
    }

    /// Says what is wrong when there is not enough room.
    mutating func judge() {
        if let limit, kept > limit {
            detail =
                "all that would be followed takes \(kept) bytes, and the subscriber may hold \(limit): raise its --cache-size, "
                + "follow less, or keep current only what is held (follow --held)"
        } else if let free, disk > free {
            detail =
                "this takes \(disk) bytes on the subscriber's disk, where \(free) can be had: make room there, follow less, or "
                + "keep current only what is held (follow --held)"
        }
    }
}

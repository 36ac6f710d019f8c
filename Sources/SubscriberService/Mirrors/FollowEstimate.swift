import Catalogue
import Platform
import Wire

extension FollowEstimate {
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

import Platform
import Synchronization

/// When something was used; never goes back while the program runs.
struct UseTime: Comparable, Sendable {
    private static let latest = Atomic(Int64(0))

    static let zero = UseTime(nanoseconds: 0)
    static var now: UseTime {
        UseTime(nanoseconds: latest.max(Timestamp.now.nanoseconds, ordering: .relaxed).newValue)
    }

    /// Since 1970.
    let nanoseconds: Int64

    static func < (one: UseTime, other: UseTime) -> Bool { one.nanoseconds < other.nanoseconds }
}

internal import Platform
internal import Synchronization

/// Parts of packed files that were unpacked lately. Any number of threads may use it.
public final class UnpackedSections: Sendable {
    struct Key: Hashable {
        let name: String
        let number: Int64
    }

    private static let countLimit = 256

    private let sections: Locked<RecentCache<Key, SharedBytes>>

    /// - Parameter limit: what all together may have; the one that was used last is kept whatever its length.
    public init(limit: Int = 0) {
        sections = Locked(RecentCache(costLimit: limit, countLimit: Self.countLimit))
    }

    /// - Parameter make: called when the part is not there; two threads may both call it.
    func section(_ key: Key, make: () throws(SystemError) -> SharedBytes) throws(SystemError) -> SharedBytes {
        if let bytes = sections.withLock({ $0.use(key) }) { return bytes }
        let bytes = try make()
        sections.withLock { $0.keep(bytes, for: key, cost: bytes.count) }
        return bytes
    }
}

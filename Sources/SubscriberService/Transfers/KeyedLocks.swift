import Platform
import Synchronization

/// A lock a key, for tasks: those that work on the same thing wait for one another, others do not.
final class KeyedLocks<Key: Hashable & Sendable>: Sendable {
    private let locks = Locked<[Key: (slots: Slots, users: Int)]>([:])
    private let count: Int

    /// - Parameter count: how many may hold the lock of a key at the same time.
    init(_ count: Int = 1) { self.count = count }

    func with<R: Sendable>(_ key: Key, _ body: () async throws -> R) async throws -> R {
        let slots = locks.withLock { locks in
            let entry = locks[key] ?? (Slots(count), 0)
            locks[key] = (entry.slots, entry.users + 1)
            return entry.slots
        }
        defer {
            locks.withLock { locks in
                guard let entry = locks[key] else { return }
                locks[key] = entry.users == 1 ? nil : (entry.slots, entry.users - 1)
            }
        }
        return try await slots.with { try await body() }
    }
}

import Platform
import Synchronization

/// A lock a key, for tasks: two that open the same thing wait for one another, others do not.
final class KeyedLocks<Key: Hashable & Sendable>: Sendable {
    private let locks = Locked<[Key: (slots: Slots, users: Int)]>([:])

    func with<R: Sendable>(_ key: Key, _ body: () async throws -> R) async throws -> R {
        let slots = locks.withLock { locks in
            let entry = locks[key] ?? (Slots(1), 0)
            locks[key] = (entry.slots, entry.users + 1)
            return entry.slots
        }
        defer {
            locks.withLock { locks in
                guard let entry = locks[key] else { return }
                locks[key] = entry.users == 1 ? nil : (entry.slots, entry.users - 1)
            }
        }
        try await slots.acquire()
        defer { slots.release() }
        return try await body()
    }
}

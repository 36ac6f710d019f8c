internal import Synchronization

/// One task at a time for each key; the others wait in order of arrival.
///
/// For steps that await something in between, where a `Locked` must not be held.
public final class KeyedLock<Key: Hashable & Sendable>: Sendable {
    /// A key that is there is held; its value are those who wait for it.
    private let holders = Locked<[Key: [CheckedContinuation<Void, Never>]]>([:])

    public init() {}

    public func withLock<R, E: Error>(_ key: Key, _ body: () async throws(E) -> R) async throws(E) -> R {
        await acquire(key)
        defer { release(key) }
        return try await body()
    }

    private func acquire(_ key: Key) async {
        await withCheckedContinuation { continuation in
            let isFree = holders.withLock { holders in
                if holders[key] == nil {
                    holders[key] = []
                    return true
                }
                holders[key]?.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func release(_ key: Key) {
        let next = holders.withLock { holders -> CheckedContinuation<Void, Never>? in
            guard let waiting = holders[key], !waiting.isEmpty else {
                holders[key] = nil
                return nil
            }
            return holders[key]?.removeFirst()
        }
        next?.resume()
    }
}

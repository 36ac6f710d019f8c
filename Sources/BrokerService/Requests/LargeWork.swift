import Platform
import Synchronization

/// Remembers that something large was done, whose memory malloc has not given back yet.
final class LargeWork: Sendable {
    private static let threshold = 1 << 20
    private let isPending = Locked(false)

    func note(bytes: Int) { if bytes >= Self.threshold { isPending.withLock { $0 = true } } }

    /// Gives memory back now and then; until cancelled. A pause later, because who notes work is still holding it.
    func run() async throws {
        let pool = BlockingPool(name: "memory", threads: 1)
        while true {
            try await Task.sleep(for: .seconds(2))
            let wasPending = isPending.withLock { isPending in
                defer { isPending = false }
                return isPending
            }
            if wasPending { await pool.run { Memory.trim() } }
        }
    }
}

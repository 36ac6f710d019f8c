import Platform
import Synchronization

/// Bounds the memory that uploads take together.
final class UploadBudget: Sendable {
    /// One upload.
    static let largest = 32 << 20
    /// All that are being read or written into the log.
    static let total = 128 << 20

    private let used = Locked(0)

    func reserve(_ bytes: Int) -> Bool {
        used.withLock { used in
            guard used + max(0, bytes) <= Self.total else { return false }
            used += max(0, bytes)
            return true
        }
    }

    func release(_ bytes: Int) { used.withLock { $0 -= max(0, bytes) } }
}

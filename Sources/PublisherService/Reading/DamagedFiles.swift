internal import Platform
internal import Synchronization

/// Packed files that could not be unpacked: not tried again before they change.
final class DamagedFiles: Sendable {
    private static let limit = 10_000

    private let files = Locked<[RelativePath: (identity: FileIdentity, reason: String)]>([:])

    /// Why the file cannot be unpacked, if it is still the one that could not be.
    func reason(_ path: RelativePath, _ identity: FileIdentity) -> String? {
        files.withLock { files in files[path].flatMap { $0.identity == identity ? $0.reason : nil } }
    }

    func note(_ path: RelativePath, _ identity: FileIdentity, _ reason: String) {
        files.withLock { files in
            if files.count >= Self.limit { files = [:] }
            files[path] = (identity, reason)
        }
    }

    func clear(_ path: RelativePath) { files.withLock { $0[path] = nil } }
}

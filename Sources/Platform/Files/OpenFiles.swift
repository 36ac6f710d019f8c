internal import Synchronization

/// Counts the files that are open of a share of the process's descriptors.
public final class OpenFiles: Sendable {
    /// Room for one open file, given back when the last reference goes.
    public final class Place: Sendable {
        private let files: OpenFiles

        fileprivate init(_ files: OpenFiles) { self.files = files }

        deinit { files.taken.withLock { $0 -= 1 } }
    }

    public let limit: Int
    private let taken = Locked(0)

    public init(limit: Int) { self.limit = limit }

    public var count: Int { taken.withLock { $0 } }

    /// `nil` when as many are open as may be.
    public func place() -> Place? {
        let isFree = taken.withLock { taken in
            guard taken < limit else { return false }
            taken += 1
            return true
        }
        return isFree ? Place(self) : nil
    }
}

import Catalogue
import Platform

/// Which datasets are being completed, in which version, and which wait for their turn; no I/O.
struct FillTable {
    /// Datasets that are completed at the same time: each has an open file.
    static let limit = 200
    /// Those of them that may be there for those only that somebody has asked for by name.
    static let reserve = 50

    /// How often in a row a dataset could not be completed.
    private struct Attempts {
        var backoff = Backoff(from: .milliseconds(50), to: .seconds(5))
        /// Bytes that were held then: if there are more now, it is not in vain.
        var held: Int64
    }

    private var running: [DatasetPath: Version] = [:]
    private var waiting = Queue<DatasetPath>()
    /// They go first.
    private var urgent = Queue<DatasetPath>()
    private var isWaiting: Set<DatasetPath> = []
    private var isUrgentlyWaiting: Set<DatasetPath> = []
    private var attempts: [DatasetPath: Attempts] = [:]

    var count: Int { running.count }
    subscript(path: DatasetPath) -> Version? { running[path] }

    enum Start: Equatable {
        /// - Parameter instead: the version that was being completed until now.
        case granted(instead: Version?)
        /// ``next()`` says when it is its turn.
        case queued
    }

    /// - Parameter isUrgent: somebody has asked for the dataset by name, and does not wait for all that is followed.
    mutating func start(_ path: DatasetPath, _ version: Version, isUrgent: Bool = false) -> Start {
        if running[path] == nil, running.count >= (isUrgent ? Self.limit : Self.limit - Self.reserve) {
            if isUrgent {
                if isUrgentlyWaiting.insert(path).inserted { urgent.append(path) }
            } else if isWaiting.insert(path).inserted {
                waiting.append(path)
            }
            return .queued
        }
        return .granted(instead: running.updateValue(version, forKey: path))
    }

    /// - Returns: the version that was being completed until now.
    mutating func end(_ path: DatasetPath) -> Version? { running.removeValue(forKey: path) }

    /// Ends the completion of this version; that of another, which has taken its place, goes on.
    ///
    /// - Returns: whether it was this one that was being completed.
    mutating func end(_ path: DatasetPath, _ version: Version) -> Bool {
        guard running[path] == version else { return false }
        running[path] = nil
        return true
    }

    /// The dataset whose turn it is, if there is room. It may turn out that it has nothing to do: so ask again then.
    mutating func next() -> DatasetPath? {
        if running.count < Self.limit, let path = urgent.popFirst() {
            isUrgentlyWaiting.remove(path)
            return path
        }
        guard running.count < Self.limit - Self.reserve, let path = waiting.popFirst() else { return nil }
        isWaiting.remove(path)
        return path
    }

    /// The dataset is complete, or is to be tried again at once.
    mutating func forgive(_ path: DatasetPath) { attempts[path] = nil }

    /// - Parameter held: bytes of it that are held.
    /// - Returns: when to try again.
    mutating func failed(_ path: DatasetPath, held: Int64) -> Duration {
        var tried = attempts[path] ?? Attempts(held: held)
        if held > tried.held { tried = Attempts(held: held) }
        defer { attempts[path] = tried }
        return tried.backoff.pause()
    }
}

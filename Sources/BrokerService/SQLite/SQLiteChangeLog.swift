public import Catalogue
import Platform
import Storage
import Synchronization

/// The embedded engine: the log in an SQLite file of the broker.
///
/// Appends that come while a commit runs wait, and are committed together by the next one: the disk's synchronisation,
/// which takes most of the time, is shared.
public final class SQLiteChangeLog: ChangeLog {
    typealias Observer = @Sendable (LogCommit) -> Void

    public let epoch: Epoch
    let database: Database
    /// One thread: commits and pruning exclude each other.
    let writer = BlockingPool(name: "log-writer", threads: 1)
    let reader = BlockingPool(name: "log-reader", threads: 1)
    private let queue = Locked(AppendQueue())
    private let published: Locked<Published>

    private struct Published {
        var state: LogState
        var datasetCount: Int
        var observers: [Observer] = []
    }

    /// Opens or makes the log in the file. Blocks.
    public init(path: String) throws(LogError) {
        do {
            let database = try Database(path: path, schema: .changeLog)
            let (state, datasetCount) = try database.transaction { connection in
                try connection.startEpoch()
                return (try connection.logState(), try connection.datasetCount())
            }
            self.database = database
            epoch = state.epoch
            published = Locked(Published(state: state, datasetCount: datasetCount))
        } catch {
            throw LogError(.unavailable, "\(error)")
        }
    }

    public var state: LogState { published.withLock { $0.state } }
    public var datasetCount: Int { published.withLock { $0.datasetCount } }

    public func observe(_ observer: @escaping @Sendable (LogCommit) -> Void) -> LogState {
        published.withLock {
            $0.observers.append(observer)
            return $0.state
        }
    }

    public func append(
        _ changes: [Change], expecting: [String: Revision]
    ) async throws(LogError) -> [Revision] {
        if changes.isEmpty { return [] }
        let encoded = changes.map(EncodedChange.init)
        let result = await withCheckedContinuation { continuation in
            let append = PendingAppend(changes: encoded, expecting: expecting) { continuation.resume(returning: $0) }
            enqueue(append)
        }
        return try result.get()
    }

    private func enqueue(_ append: PendingAppend) {
        switch queue.withLock({ $0.add(append) }) {
        case .isBeingServed: break
        case .startWriter: Task { await writer.run { self.writeAll() } }
        case .refuseClosed: append.finish(.failure(LogError(.unavailable, "the log is closed: the broker stops")))
        case .refuse: append.finish(.failure(LogError(.overloaded, "too many changes wait to be written: try again")))
        }
    }

    /// Runs on the writer's thread until nothing waits.
    private func writeAll() {
        while let batch = queue.withLock({ $0.take() }) { commit(batch) }
    }

    private func commit(_ batch: [PendingAppend]) {
        let before = state
        let draft: CommitDraft
        do {
            draft = try database.transaction { connection in
                var draft = CommitDraft(after: before)
                for append in batch { try draft.apply(append, to: connection) }
                try draft.save(to: connection)
                return draft
            }
        } catch {
            let isFull = (error as? StorageError)?.code == .full
            let failure = LogError(isFull ? .full : .unavailable, "the change could not be written: \(error)")
            for append in batch { append.finish(.failure(failure)) }
            return
        }
        if !draft.entries.isEmpty { publish(draft) }
        for (append, outcome) in zip(batch, draft.outcomes) { append.finish(outcome) }
    }

    private func publish(_ draft: CommitDraft) {
        let commit = LogCommit(entries: draft.entries, state: draft.state)
        let observers = published.withLock {
            $0.state = commit.state
            $0.datasetCount += draft.addedDatasets
            return $0.observers
        }
        for observer in observers { observer(commit) }
    }

    public func close() async {
        queue.withLock { $0.close() }
        // The writer's thread comes to this when it has written all that was accepted.
        await writer.run { self.writeAll() }
    }

    public func prune(_ retention: TombstoneRetention, now: Double) async throws(LogError) {
        let database = database
        let result = await writer.run { Result { try database.transaction { try $0.prune(retention, now: now) } } }
        do {
            try result.get()
        } catch {
            throw LogError(.unavailable, "\(error)")
        }
    }
}

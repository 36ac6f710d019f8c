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

extension SQLiteChangeLog {
    public func entry(of key: String) async throws(LogError) -> LogEntry? {
        let entry = try await read { try $0.logEntry(of: key) }
        return entry?.kind == .delete ? nil : entry
    }

    public func changes(
        after revision: Revision, limit: Int, filter: (@Sendable (String) -> Bool)?
    ) async throws(LogError) -> LogPage {
        try await read { connection in
            let bounds = try connection.first("SELECT floor, revision FROM meta") { ($0.uint64(0), $0.uint64(1)) }
            let (floor, last) = bounds ?? (0, 0)
            guard revision >= floor, revision <= last else { return .gone(floor: floor) }
            return try connection.logPage(after: revision, limit: limit, filter: filter, last: last)
        }
    }

    public func snapshot(
        below prefixes: [String], _ body: @escaping @Sendable ([LogEntry]) throws -> Void
    ) async throws -> LogState {
        let database = database
        // Not to be cancelled: others may wait for the same listing.
        return try await reader.run { Result { try database.read { try $0.snapshot(below: prefixes, body) } } }.get()
    }

    private func read<R: Sendable>(
        _ body: @escaping @Sendable (borrowing Connection) throws -> R
    ) async throws(LogError) -> R {
        let database = database
        // Not to be cancelled: it is short, and an asker that went away is no failure of the log.
        let result = await reader.run { Result { try database.read(body) } }
        do {
            return try result.get()
        } catch {
            throw LogError(.unavailable, "the log cannot be read: \(error)")
        }
    }
}

extension Connection {
    /// Rows looked at for one page, so that a watcher of few keys does not hold up others.
    private static var scanLimit: Int { 20_000 }

    fileprivate func logPage(
        after revision: Revision, limit: Int, filter: (@Sendable (String) -> Bool)?, last: Revision
    ) throws -> LogPage {
        var entries: [LogEntry] = []
        var (bytes, rows) = (0, 0)
        var reached = last
        try scan("SELECT revision, key, kind, line FROM entry WHERE revision > ? ORDER BY revision", revision) { row in
            if filter?(row.string(1)) ?? true {
                let entry = row.logEntry
                bytes += entry.line.count + 1
                entries.append(entry)
            }
            rows += 1
            if bytes < limit && rows < Self.scanLimit { return true }
            reached = row.uint64(0)
            return false
        }
        return .entries(entries, reached: reached)
    }

    fileprivate func snapshot(below prefixes: [String], _ body: ([LogEntry]) throws -> Void) throws -> LogState {
        var page = SnapshotPage()
        if prefixes.isEmpty {
            try forEach("SELECT revision, key, kind, line FROM entry WHERE kind != 2 ORDER BY revision") {
                try page.add($0.logEntry, body)
            }
        }
        for revision in try revisions(below: prefixes) {
            try forEach("SELECT revision, key, kind, line FROM entry WHERE revision = ? AND kind != 2", revision) {
                try page.add($0.logEntry, body)
            }
        }
        try page.flush(body)
        return try logState()
    }

    /// The revisions of all keys that concern the prefixes, in order: eight bytes for each, from the index of keys alone.
    fileprivate func revisions(below prefixes: [String]) throws -> [Revision] {
        var revisions: [Revision] = []
        for prefix in prefixes {
            let start = Array(prefix.utf8)
            // No key begins with a byte of 255, so this is behind all that begin with the prefix.
            try forEach(
                "SELECT revision FROM entry WHERE key >= ? AND key < CAST(? AS TEXT)", prefix, start + [255]
            ) { revisions.append($0.uint64(0)) }
            if let slash = start.firstIndex(of: UInt8(ascii: "/")) {
                let group = String(decoding: start[..<slash], as: UTF8.self)
                try forEach("SELECT revision FROM entry WHERE key = ?", group) { revisions.append($0.uint64(0)) }
            }
        }
        revisions.sort()
        return revisions.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }
}

/// Collects entries and hands them on in portions.
private struct SnapshotPage {
    private var entries: [LogEntry] = []
    private var bytes = 0

    mutating func add(_ entry: LogEntry, _ body: ([LogEntry]) throws -> Void) throws {
        entries.append(entry)
        bytes += entry.line.count
        if bytes >= 256 * 1024 { try flush(body) }
    }

    mutating func flush(_ body: ([LogEntry]) throws -> Void) throws {
        if !entries.isEmpty { try body(entries) }
        entries.removeAll(keepingCapacity: true)
        bytes = 0
    }
}

import Catalogue
import Digests
import Platform
import Storage

/// A transaction that is being made: what it appends, and the state that it leads to.
struct CommitDraft: Sendable {
    private(set) var state: LogState
    private(set) var entries: [LogEntry] = []
    /// How many more datasets there are.
    private(set) var addedDatasets = 0
    /// For each batch, in order.
    private(set) var outcomes: [Result<[Revision], LogError>] = []
    private var digests: [String: StateDigest] = [:]
    private let now = Timestamp.now.seconds

    init(after state: LogState) { self.state = state }

    /// Writes a batch, or notes the condition that it breaks.
    mutating func apply(_ append: PendingAppend, to connection: borrowing Connection) throws {
        for (key, revision) in append.expecting {
            let current = try connection.logEntry(of: key)?.revision ?? 0
            if current != revision {
                let message = "'\(key)' is at revision \(current), not at \(revision)"
                outcomes.append(.failure(LogError(.conflict, message)))
                return
            }
        }
        var revisions: [Revision] = []
        revisions.reserveCapacity(append.changes.count)
        for change in append.changes { revisions.append(try apply(change, to: connection)) }
        outcomes.append(.success(revisions))
    }

    private mutating func apply(_ change: EncodedChange, to connection: borrowing Connection) throws -> Revision {
        let current = try connection.logEntry(of: change.key)
        if let current, change.says(theSameAs: current) { return current.revision }
        if current == nil && change.kind == .delete { return state.revision }
        state.revision += 1
        let entry = LogEntry(
            revision: state.revision, key: change.key, kind: change.kind, line: change.line(at: state.revision))
        var digest = digests[change.group] ?? state.digests[change.group].map(StateDigest.init) ?? StateDigest()
        if let current, current.kind != .delete { digest.remove(line: current.line) }
        if entry.kind != .delete { digest.insert(line: entry.line) }
        digests[change.group] = digest
        addedDatasets += (entry.kind == .put ? 1 : 0) - (current?.kind == .put ? 1 : 0)
        try connection.write(entry, time: now)
        entries.append(entry)
        return entry.revision
    }

    /// Writes what belongs to the whole transaction.
    mutating func save(to connection: borrowing Connection) throws {
        if entries.isEmpty { return }
        try connection.write(revision: state.revision)
        for (group, digest) in digests {
            state.digests[group] = digest.digest
            try connection.write(digest: digest.digest, of: group)
        }
    }
}

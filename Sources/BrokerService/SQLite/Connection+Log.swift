import Catalogue
import Digests
import Storage

extension DatabaseSchema {
    /// Entries lie in the order of revisions; an entry that replaces another moves to the end.
    static let changeLog = DatabaseSchema(
        application: 0x6270_7301,
        [
            Migration(
                """
                CREATE TABLE entry (
                    revision INTEGER PRIMARY KEY,
                    key TEXT NOT NULL UNIQUE,
                    kind INTEGER NOT NULL,
                    time REAL NOT NULL,
                    line BLOB NOT NULL
                ) STRICT;
                CREATE INDEX tombstone ON entry (revision, time) WHERE kind = 2;
                CREATE TABLE digest (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
                CREATE TABLE meta (
                    id INTEGER PRIMARY KEY CHECK (id = 1),
                    epoch TEXT NOT NULL,
                    revision INTEGER NOT NULL,
                    floor INTEGER NOT NULL
                ) STRICT;
                """)
        ])
}

extension Connection {
    /// Gives a new log its identity.
    func startEpoch() throws {
        try execute(
            "INSERT OR IGNORE INTO meta (id, epoch, revision, floor) VALUES (1, ?, 0, 0)", Epoch.random().text)
    }

    func logState() throws -> LogState {
        let meta = try first("SELECT epoch, revision FROM meta") { ($0.string(0), $0.uint64(1)) }
        guard let meta, let epoch = Epoch(meta.0) else { throw damage("it has no epoch") }
        // No log grows so far; what somebody has written there could not be counted on from.
        guard meta.1 < 1 << 62 else { throw damage("its revision is none") }
        var state = LogState(epoch: epoch, revision: meta.1, digests: [:])
        try forEach("SELECT name, value FROM digest") { row in
            let name = row.string(0)
            guard let digest = Digest(row.string(1)) else { throw damage("the digest of '\(name)' is none") }
            state.digests[name] = digest
        }
        return state
    }

    /// From indices alone: all keys, less those of deletions and groups.
    func datasetCount() throws -> Int {
        let count = try first(
            """
            SELECT (SELECT count(*) FROM entry) - (SELECT count(*) FROM entry WHERE kind = 2)
                - (SELECT count(*) FROM digest JOIN entry ON key = name WHERE kind = 0)
            """
        ) { $0.int(0) }
        return count ?? 0
    }

    private func damage(_ what: String) -> LogError {
        LogError(.unavailable, "the log is damaged: \(what): move it away to start with a new one")
    }

    func logEntry(of key: String) throws -> LogEntry? {
        try first("SELECT revision, key, kind, line FROM entry WHERE key = ?", key) { $0.logEntry }
    }

    func write(_ entry: LogEntry, time: Double) throws {
        try execute(
            "INSERT OR REPLACE INTO entry (revision, key, kind, time, line) VALUES (?, ?, ?, ?, ?)", entry.revision,
            entry.key, entry.kind.rawValue, time, entry.line)
    }

    func write(revision: Revision) throws { try execute("UPDATE meta SET revision = ?", revision) }

    func write(digest: Digest, of group: String) throws {
        try execute("INSERT OR REPLACE INTO digest (name, value) VALUES (?, ?)", group, digest.description)
    }

    /// Forgets the oldest tombstones, and remembers up to where.
    func prune(_ retention: TombstoneRetention, now: Double) throws {
        let surplus = try first(
            "SELECT revision FROM entry WHERE kind = 2 ORDER BY revision DESC LIMIT 1 OFFSET ?", max(0, retention.count)
        ) { $0.uint64(0) }
        let outdated = try first(
            "SELECT max(revision) FROM entry WHERE kind = 2 AND time < ?", now - retention.seconds
        ) { $0.uint64(0) }
        let floor = max(surplus ?? 0, outdated ?? 0)
        if floor == 0 { return }
        try execute("DELETE FROM entry WHERE kind = 2 AND revision <= ?", floor)
        try execute("UPDATE meta SET floor = max(floor, ?)", floor)
    }
}

extension Row {
    /// Of a row `revision, key, kind, line`.
    var logEntry: LogEntry {
        LogEntry(
            revision: uint64(0), key: string(1), kind: LogEntry.Kind(rawValue: int(2)) ?? .delete, line: bytes(3))
    }
}

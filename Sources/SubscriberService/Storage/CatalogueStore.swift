import Catalogue
import Digests
import Platform
import Storage

/// The catalogue copy on disk: what is always in memory in narrow rows, and the lines beside them. Every call blocks.
struct CatalogueStore: Sendable {
    let database: Database

    // MARK: Reading

    /// Cost: about two microseconds for each dataset; the lines are not read.
    ///
    /// - Parameter now: of the clock that ages are counted by.
    func load(now: SteadyInstant) throws -> CatalogueState {
        try database.read { connection in
            var state = CatalogueState()
            var isSound = true
            try connection.forEach("SELECT line, kept, announced FROM groups") { row in
                guard let entry = Self.group(row) else {
                    isSound = false
                    return
                }
                state.restore(entry, announced: row.uint64(2))
            }
            let date = Timestamp.now.seconds
            try connection.forEach("SELECT name, beyond, since FROM kept_groups") { row in
                let age = min(max(0, date - row.double(2)), 0x1p31)
                state.restoreKept(
                    row.string(0), beyond: row.uint64(1), since: now.advanced(by: .seconds(-age)), now: now)
            }
            let count = try connection.first("SELECT count(*) FROM datasets") { $0.int(0) }
            state.reserve(count ?? 0)
            try connection.forEach(Self.selectDatasets) { row in
                if let (path, entry) = Self.dataset(row) { state.restore(path, entry) } else { isSound = false }
            }
            state.endRestoring()
            let saved = try connection.first("SELECT epoch, revision, lost FROM position") { row in
                Epoch(row.string(0)).map {
                    (CatalogueState.Position(epoch: $0, revision: row.uint64(1)), isLost: row.int(2) != 0)
                }
            }
            // A row that cannot be read is no reason to stop: without a position all is listed again.
            if let (position, isLost) = saved ?? nil {
                if isSound, !isLost { state.resume(at: position) } else { state.resume(havingLost: position) }
            }
            return state
        }
    }

    /// When all this was known to be current, in seconds since 1970.
    func known() throws -> Double? {
        try database.read { connection in
            try connection.first("SELECT known FROM position") { $0.optionalDouble(0) } ?? nil
        }
    }

    /// In the order of paths, so that nothing need be sorted. Rows of before digests were kept have none.
    private static let selectDatasets = """
        SELECT path, revision, version, size, modified, length, digest, kept,
            CASE WHEN digest IS NULL THEN (SELECT line FROM lines WHERE lines.path = datasets.path) END
        FROM datasets ORDER BY path
        """

    private static func group(_ row: borrowing Row) -> CatalogueState.GroupEntry? {
        let line = row.bytes(0)
        guard case .change(let revision, .group(var group))? = try? FeedLine(line: line) else { return nil }
        let isKept = row.int(1) != 0
        if isKept { group.online = false }
        return CatalogueState.GroupEntry(group: group, revision: revision, line: line, isKept: isKept)
    }

    private static func dataset(_ row: borrowing Row) -> (DatasetPath, CatalogueState.Entry)? {
        guard let path = try? DatasetPath(row.string(0)), let version = row.withBytes(2, { Version(hexadecimal: $0) })
        else { return nil }
        let digest: Digest? = row.isNull(6) ? StateDigest.entry(line: row.bytes(8)) : row.withBytes(6) { Digest($0) }
        guard let digest else { return nil }
        let entry = CatalogueState.Entry(
            revision: row.uint64(1), version: version, size: Dataset.clamped(row.int64(3)),
            modified: row.double(4), digest: digest, length: UInt32(clamping: row.int(5)), isKept: row.int(7) != 0)
        return (path, entry)
    }

    /// The lines of some datasets, in the order of `paths`.
    func lines(of paths: [DatasetPath]) throws -> [[UInt8]?] {
        try database.read { connection in
            try paths.map { path in
                try connection.first("SELECT line FROM lines WHERE path = ?", path.text) { $0.bytes(0) }
            }
        }
    }

    // MARK: Writing

    /// All groups there are, and what is kept of some.
    struct Groups: Sendable {
        var entries: [(entry: CatalogueState.GroupEntry, announced: UInt64)] = []
        /// With when it was known to be current, in seconds since 1970.
        var kept: [(name: String, beyond: UInt64, since: Double)] = []
    }

    /// Where the copy stands, and how old it is.
    struct Place: Sendable {
        var position: CatalogueState.Position?
        /// See ``CatalogueState/lost``.
        var lost: CatalogueState.Position?
        /// When all was known to be current, in seconds since 1970.
        var known: Double?
    }

    /// Writes what has changed.
    ///
    /// - Parameter groups: all there are, when one has changed.
    func save(_ batch: UnsavedLines.Batch, groups: Groups?, at place: Place) throws {
        try database.transaction { connection in
            // Neighbours together: they are on the same pages.
            for (path, row) in batch.rows.sorted(by: { $0.key < $1.key }) { try save(path, row, connection) }
            for path in batch.kept.sorted() {
                try connection.execute("UPDATE datasets SET kept = 1 WHERE path = ?", path.text)
            }
            if let groups { try save(groups, connection) }
            try save(place, connection)
        }
    }

    private func save(_ groups: Groups, _ connection: borrowing Connection) throws {
        try connection.execute("DELETE FROM groups")
        for (entry, announced) in groups.entries {
            try connection.execute(
                "INSERT INTO groups (line, kept, announced) VALUES (?, ?, ?)", entry.line, entry.isKept ? 1 : 0,
                announced)
        }
        try connection.execute("DELETE FROM kept_groups")
        for (name, beyond, since) in groups.kept {
            try connection.execute(
                "INSERT INTO kept_groups (name, beyond, since) VALUES (?, ?, ?)", name, beyond, since)
        }
    }

    private func save(_ path: DatasetPath, _ row: CatalogueRow?, _ connection: borrowing Connection) throws {
        guard let row else {
            try connection.execute("DELETE FROM datasets WHERE path = ?", path.text)
            try connection.execute("DELETE FROM lines WHERE path = ?", path.text)
            return
        }
        let entry = row.entry
        try connection.execute(
            "INSERT OR REPLACE INTO datasets (path, revision, version, size, modified, length, digest) "
                + "VALUES (?, ?, ?, ?, ?, ?, ?)",
            path.text, entry.revision, entry.version.description, entry.size, entry.modified, Int(entry.length),
            entry.digest.bytes)
        try connection.execute("INSERT OR REPLACE INTO lines (path, line) VALUES (?, ?)", path.text, row.line)
    }

    private func save(_ place: Place, _ connection: borrowing Connection) throws {
        guard let position = place.position ?? place.lost else {
            try connection.execute("DELETE FROM position")
            return
        }
        try connection.execute(
            "INSERT OR REPLACE INTO position (id, epoch, revision, lost, known) VALUES (1, ?, ?, ?, ?)",
            position.epoch.text, position.revision, place.position == nil ? 1 : 0, place.known)
    }
}

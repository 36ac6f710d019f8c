import Catalogue
import Storage

/// The catalogue copy on disk: what is always in memory in narrow rows, and the lines beside them. Every call blocks.
struct CatalogueStore: Sendable {
    let database: Database

    // MARK: Reading

    /// Cost: about two microseconds for each dataset; the lines are not read.
    func load() throws -> CatalogueState {
        try database.read { connection in
            var state = CatalogueState()
            var isSound = true
            try connection.forEach("SELECT line FROM groups") { row in
                let line = row.bytes(0)
                guard case .change(let revision, let change)? = try? FeedLine(line: line) else {
                    isSound = false
                    return
                }
                _ = state.apply(revision, change, line: line)
            }
            let count = try connection.first("SELECT count(*) FROM datasets") { $0.int(0) }
            state.reserve(count ?? 0)
            try connection.forEach(Self.selectDatasets) { row in
                if let (path, entry) = Self.dataset(row) { state.restore(path, entry) } else { isSound = false }
            }
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
        SELECT path, revision, version, size, modified, length, digest,
            CASE WHEN digest IS NULL THEN (SELECT line FROM lines WHERE lines.path = datasets.path) END
        FROM datasets ORDER BY path
        """

    private static func dataset(_ row: borrowing Row) -> (DatasetPath, CatalogueState.Entry)? {
        guard let path = try? DatasetPath(row.string(0)), let version = row.withBytes(2, { Version(hexadecimal: $0) })
        else { return nil }
        let digest: Digest? = row.isNull(6) ? StateDigest.entry(line: row.bytes(7)) : row.withBytes(6) { Digest($0) }
        guard let digest else { return nil }
        let entry = CatalogueState.Entry(
            revision: row.uint64(1), version: version, size: row.int64(3), modified: row.double(4), digest: digest,
            length: UInt32(clamping: row.int(5)))
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
    func save(_ batch: UnsavedLines.Batch, groups: [[UInt8]]?, at place: Place) throws {
        try database.transaction { connection in
            // Neighbours together: they are on the same pages.
            for (path, row) in batch.sorted(by: { $0.key < $1.key }) { try save(path, row, connection) }
            if let groups {
                try connection.execute("DELETE FROM groups")
                for line in groups { try connection.execute("INSERT INTO groups (line) VALUES (?)", line) }
            }
            try save(place, connection)
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

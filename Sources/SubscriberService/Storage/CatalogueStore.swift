import Catalogue
import Storage

/// The catalogue copy on disk. Every call blocks.
struct CatalogueStore: Sendable {
    let database: Database

    func load() throws -> CatalogueState {
        try database.read { connection in
            var state = CatalogueState()
            var isSound = true
            try connection.forEach("SELECT key, line, revision, version, size, modified FROM catalogue") { row in
                if let (path, entry) = Self.dataset(row) {
                    state.restore(path, entry)
                } else if case .change(let revision, let change)? = try? FeedLine(line: row.bytes(1)) {
                    _ = state.apply(revision, change, line: row.bytes(1))
                } else {
                    isSound = false
                }
            }
            let position = try connection.first("SELECT epoch, revision FROM position") { row in
                Epoch(row.string(0)).map { CatalogueState.Position(epoch: $0, revision: row.uint64(1)) }
            }
            // A line that cannot be read is no reason to stop: without a position all is listed again.
            if isSound, let position = position ?? nil { state.resume(at: position) }
            return state
        }
    }

    /// `nil` for a group, and for what was written before datasets had columns.
    private static func dataset(_ row: borrowing Row) -> (DatasetPath, CatalogueState.Entry)? {
        guard let text = row.optionalString(3), let version = Version(text), let path = try? DatasetPath(row.string(0))
        else { return nil }
        let entry = CatalogueState.Entry(
            revision: row.uint64(2), line: row.bytes(1), version: version, size: row.int64(4), modified: row.double(5))
        return (path, entry)
    }

    /// Writes what has changed; `nil` is a removal.
    ///
    /// - Parameter rows: by the bytes of their keys.
    func save(_ rows: [[UInt8]: CatalogueRow?], at position: CatalogueState.Position?) throws {
        try database.transaction { connection in
            for (key, row) in rows {
                let key = String(decoding: key, as: UTF8.self)
                if let row {
                    try insert(key, row, connection)
                } else {
                    try connection.execute("DELETE FROM catalogue WHERE key = ?", key)
                }
            }
            try save(position, connection)
        }
    }

    /// Writes all anew, after a listing.
    func replace(by state: CatalogueState) throws {
        try database.transaction { connection in
            try connection.execute("DELETE FROM catalogue")
            for (name, group) in state.groups { try insert(name, .group(line: group.line), connection) }
            for (path, entry) in state.datasets { try insert(path.text, .dataset(entry), connection) }
            try save(state.position, connection)
        }
    }

    private func insert(_ key: String, _ row: CatalogueRow, _ connection: borrowing Connection) throws {
        switch row {
        case .group(let line):
            try connection.execute("INSERT OR REPLACE INTO catalogue (key, line) VALUES (?, ?)", key, line)
        case .dataset(let entry):
            try connection.execute(
                "INSERT OR REPLACE INTO catalogue (key, line, revision, version, size, modified) "
                    + "VALUES (?, ?, ?, ?, ?, ?)",
                key, entry.line, Int64(bitPattern: entry.revision), entry.version.description, entry.size,
                entry.modified)
        }
    }

    private func save(_ position: CatalogueState.Position?, _ connection: borrowing Connection) throws {
        guard let position else {
            try connection.execute("DELETE FROM position")
            return
        }
        try connection.execute(
            "INSERT OR REPLACE INTO position (id, epoch, revision) VALUES (1, ?, ?)", position.epoch.text,
            Int64(bitPattern: position.revision))
    }
}

/// What is written of a key of the catalogue.
enum CatalogueRow: Sendable {
    case group(line: [UInt8])
    case dataset(CatalogueState.Entry)
}

import Catalogue
import Storage

/// The catalogue copy on disk. Every call blocks.
struct CatalogueStore: Sendable {
    let database: Database

    func load() throws -> CatalogueState {
        try database.read { connection in
            var state = CatalogueState()
            var isSound = true
            try connection.forEach("SELECT line FROM catalogue") { row in
                let line = row.bytes(0)
                guard case .change(let revision, let change)? = try? FeedLine(line: line) else {
                    isSound = false
                    return
                }
                _ = state.apply(revision, change, line: line)
            }
            let position = try connection.first("SELECT epoch, revision FROM position") { row in
                Epoch(row.string(0)).map { CatalogueState.Position(epoch: $0, revision: row.uint64(1)) }
            }
            // A line that cannot be read is no reason to stop: without a position all is listed again.
            if isSound, let position = position ?? nil { state.resume(at: position) }
            return state
        }
    }

    /// Writes what has changed; a `nil` line is a removal.
    ///
    /// - Parameter lines: by the bytes of their keys.
    func save(_ lines: [[UInt8]: [UInt8]?], at position: CatalogueState.Position?) throws {
        try database.transaction { connection in
            for (key, line) in lines {
                let key = String(decoding: key, as: UTF8.self)
                if let line {
                    try connection.execute("INSERT OR REPLACE INTO catalogue (key, line) VALUES (?, ?)", key, line)
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
            for (name, group) in state.groups {
                try connection.execute("INSERT INTO catalogue (key, line) VALUES (?, ?)", name, group.line)
            }
            for (path, entry) in state.datasets {
                try connection.execute("INSERT INTO catalogue (key, line) VALUES (?, ?)", path.text, entry.line)
            }
            try save(state.position, connection)
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

import Catalogue
import Storage

/// What is followed, wanted and held, on disk. Every call blocks.
struct HoldingsStore: Sendable {
    let database: Database

    func load() throws -> Holdings {
        try database.read { connection in
            let patterns = try connection.all("SELECT pattern FROM follows") { try? PathPattern($0.string(0)) }
            var holdings = Holdings(followed: FollowedPatterns(patterns.compactMap { $0 }))
            try connection.forEach("SELECT path, version, wanted FROM holdings") { row in
                guard let path = try? DatasetPath(row.string(0)) else { return }
                holdings.restore(path, version: row.optionalString(1).flatMap { Version($0) }, isWanted: row.bool(2))
            }
            return holdings
        }
    }

    func save(followed: [PathPattern]) throws {
        try database.transaction { connection in
            try connection.execute("DELETE FROM follows")
            for pattern in followed { try connection.execute("INSERT INTO follows (pattern) VALUES (?)", pattern.text) }
        }
    }

    /// Writes the holdings of these paths; `nil` removes one.
    func save(_ changed: [DatasetPath: Holdings.Holding?]) throws {
        guard !changed.isEmpty else { return }
        try database.transaction { connection in
            for (path, holding) in changed {
                if let holding {
                    try connection.execute(
                        "INSERT OR REPLACE INTO holdings (path, version, wanted) VALUES (?, ?, ?)", path.text,
                        holding.version?.description, holding.isWanted ? 1 : 0)
                } else {
                    try connection.execute("DELETE FROM holdings WHERE path = ?", path.text)
                }
            }
        }
    }
}

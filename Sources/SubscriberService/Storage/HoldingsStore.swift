import Catalogue
import Storage

/// What is followed, wanted and held, on disk. Every call blocks.
struct HoldingsStore: Sendable {
    let database: Database

    func load() throws -> Holdings {
        try database.read { connection in
            var followed = FollowedPatterns()
            try connection.forEach("SELECT pattern, pinned, literal, whole FROM follows") { row in
                guard let pattern = try? PathPattern(row.string(0)) else { return }
                followed.follow(
                    [row.bool(2) ? pattern.literal : pattern], .init(isWhole: row.bool(3), isPinned: row.bool(1)))
            }
            var holdings = Holdings(followed: followed)
            try connection.forEach("SELECT path, version, wanted FROM holdings") { row in
                guard let path = try? DatasetPath(row.string(0)) else { return }
                holdings.restore(path, version: row.optionalString(1).flatMap { Version($0) }, isWanted: row.bool(2))
            }
            return holdings
        }
    }

    func save(_ followed: FollowedPatterns) throws {
        try database.transaction { connection in
            try connection.execute("DELETE FROM follows")
            for pattern in followed.all {
                let manner = followed.manner(of: pattern)
                try connection.execute(
                    "INSERT INTO follows (pattern, pinned, literal, whole) VALUES (?, ?, ?, ?)", pattern.text,
                    manner.isPinned ? 1 : 0, pattern.isGlob ? 0 : 1, manner.isWhole ? 1 : 0)
            }
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

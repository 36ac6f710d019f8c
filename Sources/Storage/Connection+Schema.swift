extension Connection {
    /// Refuses a file that is not this program's, or too new for it.
    func check(_ schema: DatabaseSchema) throws {
        let path = handle.path
        let application = try pragma("application_id")
        let version = try pragma("user_version")
        let tables = try first("SELECT count(*) FROM sqlite_schema") { $0.int(0) }
        if application == 0 && version == 0 && tables == 0 { return }
        guard application == Int64(schema.application) else {
            throw StorageError(
                .otherProgram, "the database \(path) belongs to another program: use another folder, or move it away")
        }
        guard version <= schema.migrations.count else {
            throw StorageError(
                .newerSchema,
                "the database \(path) was written by a newer release (schema \(version), this one knows "
                    + "\(schema.migrations.count)): use that release, or move the file away to start anew")
        }
    }

    func configure(_ durability: Database.Durability, cacheKiB: Int) throws {
        let mode = try first("PRAGMA journal_mode = WAL") { $0.string(0) }
        guard mode == "wal" else {
            throw StorageError(
                .other, "the database \(handle.path) cannot use a write-ahead log: its file system is not a local one?")
        }
        try handle.runScript(
            """
            PRAGMA synchronous = \(durability == .full ? "FULL" : "NORMAL");
            PRAGMA cache_size = -\(cacheKiB);
            PRAGMA journal_size_limit = 16777216;
            PRAGMA foreign_keys = ON;
            PRAGMA trusted_schema = OFF;
            PRAGMA cell_size_check = ON;
            """)
    }

    func migrate(to schema: DatabaseSchema) throws {
        let version = Int(try pragma("user_version"))
        guard version < schema.migrations.count else { return }
        try transaction(begin: "BEGIN IMMEDIATE") { connection in
            for migration in schema.migrations[version...] { try connection.handle.runScript(migration.sql) }
            try connection.handle.runScript(
                "PRAGMA application_id = \(schema.application); PRAGMA user_version = \(schema.migrations.count)")
        }
    }

    private func pragma(_ name: String) throws -> Int64 { try first("PRAGMA \(name)") { $0.int64(0) } ?? 0 }
}

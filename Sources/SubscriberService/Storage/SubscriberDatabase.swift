import Storage

/// The subscriber's state on disk: its catalogue, the index of its mirrors, and what is followed.
enum SubscriberDatabase {
    /// "bpSu" in the header of the file.
    static let application: Int32 = 0x6270_5375

    static let schema = DatabaseSchema(
        application: application,
        [
            Migration(
                """
                CREATE TABLE catalogue (key TEXT PRIMARY KEY, line BLOB NOT NULL) WITHOUT ROWID;
                CREATE TABLE position (id INTEGER PRIMARY KEY CHECK (id = 1), epoch TEXT NOT NULL, revision INTEGER NOT NULL);
                CREATE TABLE mirrors (
                    version TEXT PRIMARY KEY, size INTEGER NOT NULL, held INTEGER NOT NULL, complete INTEGER NOT NULL,
                    present BLOB NOT NULL, manifest BLOB NOT NULL);
                CREATE TABLE holdings (path TEXT PRIMARY KEY, version TEXT, wanted INTEGER NOT NULL) WITHOUT ROWID;
                CREATE TABLE follows (pattern TEXT PRIMARY KEY) WITHOUT ROWID;
                """),
            Migration(
                """
                CREATE TABLE partial_chunks (
                    version TEXT NOT NULL, chunk INTEGER NOT NULL, blocks BLOB NOT NULL, PRIMARY KEY (version, chunk)
                ) WITHOUT ROWID;
                """),
            // When the file last changed, by its own clock: a file that says something else is read again.
            Migration("ALTER TABLE mirrors ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0;"),
            // When it was used last, and what is followed that must never make room.
            Migration(
                """
                ALTER TABLE mirrors ADD COLUMN used INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE follows ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
                """),
            // What of a dataset's line is always in memory; to read it out of each line would take most of a start.
            Migration(
                """
                ALTER TABLE catalogue ADD COLUMN revision INTEGER;
                ALTER TABLE catalogue ADD COLUMN version TEXT;
                ALTER TABLE catalogue ADD COLUMN size INTEGER;
                ALTER TABLE catalogue ADD COLUMN modified REAL;
                """),
        ])
}

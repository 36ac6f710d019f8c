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
            // The lines by themselves: a start reads only what is always in memory. Lines from before there were columns are
            // read here, a last time.
            Migration(
                """
                CREATE TABLE datasets (
                    path TEXT PRIMARY KEY, revision INTEGER NOT NULL, version TEXT NOT NULL, size INTEGER NOT NULL,
                    modified REAL NOT NULL, length INTEGER NOT NULL, digest BLOB) WITHOUT ROWID;
                CREATE TABLE lines (path TEXT PRIMARY KEY, line BLOB NOT NULL) WITHOUT ROWID;
                CREATE TABLE groups (line BLOB NOT NULL);
                INSERT INTO datasets (path, revision, version, size, modified, length)
                    SELECT key, coalesce(revision, json_extract(CAST(line AS TEXT), '$.revision')),
                        coalesce(version, json_extract(CAST(line AS TEXT), '$.dataset.version')),
                        coalesce(size, json_extract(CAST(line AS TEXT), '$.dataset.size')),
                        coalesce(modified, json_extract(CAST(line AS TEXT), '$.dataset.modified')), length(line)
                    FROM catalogue WHERE instr(key, '/') > 0;
                INSERT INTO lines (path, line) SELECT key, line FROM catalogue WHERE instr(key, '/') > 0;
                INSERT INTO groups (line) SELECT line FROM catalogue WHERE instr(key, '/') = 0;
                DROP TABLE catalogue;
                """),
            // What is followed as a name, although it may read as a glob.
            Migration("ALTER TABLE follows ADD COLUMN literal INTEGER NOT NULL DEFAULT 0;"),
            // How old the copy is, and what of it another log has not confirmed yet.
            Migration(
                """
                ALTER TABLE position ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE position ADD COLUMN known REAL;
                ALTER TABLE datasets ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE groups ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE groups ADD COLUMN announced INTEGER NOT NULL DEFAULT 0;
                CREATE TABLE kept_groups (
                    name TEXT PRIMARY KEY, beyond INTEGER NOT NULL, since REAL NOT NULL) WITHOUT ROWID;
                """),
            // Of what all is fetched. What was followed before had what was held of it kept current, and goes on so.
            Migration("ALTER TABLE follows ADD COLUMN whole INTEGER NOT NULL DEFAULT 0;"),
            // When the file's inode changed last: who gives a file its old time back is seen all the same. 0: not known.
            Migration("ALTER TABLE mirrors ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;"),
        ])
}

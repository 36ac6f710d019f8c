internal import Catalogue
internal import Digests
internal import Platform
internal import Storage

/// What was read from the files, kept on disk: a restart reads only what changed meanwhile.
///
/// Every call blocks.
final class DigestStore: Sendable {
    /// Replaced versions of a file whose manifests are kept, so that followers get differences.
    private static let historyPerFile = 2
    /// All together, also those of files that have gone.
    private static let historyLimit: Int64 = 20_000

    private let database: Database

    /// - Throws: ``StorageError``; ``PublisherError`` when the state is another group's.
    init(path: String, group: GroupName) throws {
        database = try Database(path: path, schema: Self.schema, durability: .normal)
        let owner = try database.transaction { connection in
            try connection.execute("INSERT OR IGNORE INTO facts VALUES ('group', ?)", group.text)
            return try connection.first("SELECT value FROM facts WHERE name = 'group'") { $0.string(0) }
        }
        guard owner == group.text else {
            throw PublisherError(
                "the state in \(path) is that of the group '\(owner ?? "")': give each group a state folder of its own")
        }
    }

    private static let schema = DatabaseSchema(
        application: 0x6270_7031,
        [
            Migration(
                """
                CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
                CREATE TABLE files (
                    path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified INTEGER NOT NULL, changed INTEGER NOT NULL,
                    inode INTEGER NOT NULL, device INTEGER NOT NULL, version BLOB NOT NULL, trusted INTEGER NOT NULL,
                    dataset BLOB NOT NULL) WITHOUT ROWID;
                CREATE INDEX files_version ON files (version);
                CREATE TABLE manifests (version BLOB PRIMARY KEY, manifest BLOB NOT NULL);
                CREATE TABLE history (id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL, version BLOB NOT NULL);
                CREATE INDEX history_path ON history (path);
                CREATE INDEX history_version ON history (version);
                """),
            Migration(
                """
                ALTER TABLE files ADD COLUMN kind TEXT NOT NULL DEFAULT 'file';
                UPDATE files SET kind = CASE
                    WHEN instr(dataset, CAST('"kind":"array"' AS BLOB)) > 0 THEN 'array'
                    WHEN instr(dataset, CAST('"kind":"frame"' AS BLOB)) > 0 THEN 'frame' ELSE 'file' END;
                CREATE TABLE places (
                    path TEXT PRIMARY KEY, device INTEGER NOT NULL, inode INTEGER NOT NULL, filesystem INTEGER NOT NULL,
                    kind INTEGER NOT NULL) WITHOUT ROWID;
                """),
            Migration("ALTER TABLE files ADD COLUMN unpacked INTEGER NOT NULL DEFAULT 0"),
        ])

    /// What was published when the publisher stopped.
    func load() throws -> [(RelativePath, FileTable.Entry)] {
        try database.read { connection in
            var result: [(RelativePath, FileTable.Entry)] = []
            try connection.forEach(
                "SELECT path, size, modified, changed, inode, device, version, trusted, kind, unpacked FROM files"
            ) { row in
                guard let digest = Digest(bytes: row.bytes(6)) else { return }
                let identity = FileIdentity(
                    kind: .regular, device: row.uint64(5), inode: row.uint64(4), size: row.int64(1),
                    modified: row.int64(2), changed: row.int64(3))
                let entry = FileTable.Entry(
                    identity: identity, version: Version(digest), isTrusted: row.bool(7),
                    kind: Dataset.Kind(rawValue: row.string(8)) ?? .file, isUnpacked: row.bool(9))
                result.append((RelativePath(row.string(0)), entry))
            }
            return result
        }
    }

    /// Takes in what came of reading files, as one transaction.
    ///
    /// - Returns: For each outcome whether what the catalogue should say has changed; nil where the manifest that the
    ///   store should have is not there, and the file must be read.
    func apply(_ outcomes: [Outcome]) throws -> [Bool?] {
        try database.transaction { connection in
            let changed = try outcomes.map { outcome in
                switch outcome {
                case .made(let made): try Self.put(made, connection)
                case .removed(let path, _): try Self.remove(path, connection)
                case .unreachable, .unchanged, .unfinished, .unsettled, .stopped: false
                }
            }
            try Self.trimHistory(connection)
            return changed
        }
    }

    /// Where the folder was, and what is mounted below it.
    func places() throws -> [RelativePath: FolderPlace] {
        try database.read { connection in
            let rows = try connection.all("SELECT path, device, inode, filesystem, kind FROM places") { row in
                (
                    RelativePath(row.string(0)),
                    FolderPlace(
                        device: row.uint64(1), inode: row.uint64(2), fileSystem: row.uint64(3), kind: row.uint64(4))
                )
            }
            return Dictionary(rows) { $1 }
        }
    }

    /// Where the folder's path led to when it was published last.
    func root() throws -> String? {
        try database.read { connection in
            try connection.first("SELECT value FROM facts WHERE name = 'root'") { $0.string(0) }
        }
    }

    func keep(_ places: [RelativePath: FolderPlace], root: String) throws {
        try database.transaction { connection in
            try connection.execute("INSERT OR REPLACE INTO facts VALUES ('root', ?)", root)
            try connection.execute("DELETE FROM places")
            for (path, place) in places {
                try connection.execute(
                    "INSERT INTO places VALUES (?, ?, ?, ?, ?)", path.text, place.device, place.inode, place.fileSystem,
                    place.kind)
            }
        }
    }

    /// Notes that these files' digests can be trusted after a restart.
    func trust(_ paths: [RelativePath]) throws {
        guard !paths.isEmpty else { return }
        try database.transaction { connection in
            for path in paths { try connection.execute("UPDATE files SET trusted = 1 WHERE path = ?", path.text) }
        }
    }

    /// The encoded manifest of a version that is, or lately was, published.
    func manifest(of version: Version) throws -> [UInt8]? {
        try database.read { connection in
            try connection.first("SELECT manifest FROM manifests WHERE version = ?", version.digest.bytes) {
                $0.bytes(0)
            }
        }
    }

    /// The metadata of a file, as JSON.
    func dataset(at path: RelativePath) throws -> [UInt8]? { try datasets(at: [path]).first ?? nil }

    /// The metadata of files, as JSON; nil for those that are not published.
    func datasets(at paths: [RelativePath]) throws -> [[UInt8]?] {
        try database.read { connection in
            try paths.map { path in
                try connection.first("SELECT dataset FROM files WHERE path = ?", path.text) { $0.bytes(0) }
            }
        }
    }

    /// Calls `body` with the path and the metadata, as JSON, of each file.
    func forEachDataset(_ body: (RelativePath, [UInt8]) -> Void) throws {
        try database.read { connection in
            try connection.forEach("SELECT path, dataset FROM files") { row in
                body(RelativePath(row.string(0)), row.bytes(1))
            }
        }
    }

    private static func put(_ made: Outcome.Made, _ connection: borrowing Connection) throws -> Bool? {
        let version = made.entry.version.digest.bytes
        if let manifest = made.manifest {
            try connection.execute("INSERT OR IGNORE INTO manifests VALUES (?, ?)", version, manifest)
        } else if try connection.first("SELECT 1 FROM manifests WHERE version = ?", version, row: { _ in true }) == nil
        {
            return nil
        }
        let path = made.path.text
        let old = try connection.first("SELECT version, dataset FROM files WHERE path = ?", path) {
            (version: $0.bytes(0), dataset: $0.bytes(1))
        }
        let dataset = WireJSON.encode(made.dataset)
        let identity = made.entry.identity
        try connection.execute(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", path, identity.size,
            identity.modified,
            identity.changed, identity.inode, identity.device, version, made.entry.isTrusted, dataset,
            made.entry.kind.rawValue, made.entry.isUnpacked)
        if let old, old.version != version { try retire(old.version, of: path, connection) }
        return old?.dataset != dataset
    }

    private static func remove(_ path: RelativePath, _ connection: borrowing Connection) throws -> Bool {
        let old = try connection.first("SELECT version FROM files WHERE path = ?", path.text) { $0.bytes(0) }
        guard let old else { return false }
        try connection.execute("DELETE FROM files WHERE path = ?", path.text)
        try retire(old, of: path.text, connection)
        return true
    }

    private static func retire(_ version: [UInt8], of path: String, _ connection: borrowing Connection) throws {
        try connection.execute("INSERT INTO history (path, version) VALUES (?, ?)", path, version)
        let surplus = try connection.all(
            "SELECT id, version FROM history WHERE path = ? ORDER BY id DESC LIMIT 10 OFFSET ?", path, historyPerFile
        ) { (id: $0.int64(0), version: $0.bytes(1)) }
        for entry in surplus { try forget(entry.id, entry.version, connection) }
    }

    private static func trimHistory(_ connection: borrowing Connection) throws {
        let last = try connection.first("SELECT max(id) FROM history") { $0.int64(0) } ?? 0
        guard last > historyLimit else { return }
        let surplus = try connection.all("SELECT id, version FROM history WHERE id <= ?", last - historyLimit) {
            (id: $0.int64(0), version: $0.bytes(1))
        }
        for entry in surplus { try forget(entry.id, entry.version, connection) }
    }

    private static func forget(_ id: Int64, _ version: [UInt8], _ connection: borrowing Connection) throws {
        try connection.execute("DELETE FROM history WHERE id = ?", id)
        try connection.execute(
            """
            DELETE FROM manifests WHERE version = ?1
                AND NOT EXISTS (SELECT 1 FROM files WHERE version = ?1)
                AND NOT EXISTS (SELECT 1 FROM history WHERE version = ?1)
            """, version)
    }
}

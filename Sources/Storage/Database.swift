internal import Platform
internal import Synchronization

/// An SQLite database in a file: a connection that writes, and one for reading that does not wait for it.
///
/// Every call blocks: from async code go through a `BlockingPool`. The locks are held while SQLite works; that is what
/// they are for. A body must not call its database again.
public final class Database: Sendable {
    /// What a power failure may take.
    public enum Durability: Sendable {
        /// Nothing that was committed.
        case full
        /// The last transactions; what is left is consistent. Commits cost no disk synchronisation.
        case normal
    }

    public let path: String
    // Properties go in this order: the writer, closed last, folds the write-ahead log into the file; a reader cannot.
    private let reader: Locked<Connection>
    private let writer: Locked<Connection>

    /// Opens or makes the database, and brings it to the newest schema.
    ///
    /// - Parameters:
    ///   - busyTimeout: How long to wait for another process that has the file, such as an `sqlite3` on the command line.
    ///   - cacheKiB: Memory for pages, for each of the two connections.
    /// - Throws: ``StorageError``, also for a file that is damaged, of another program or of a newer release; such a file
    ///   is left as it is.
    public init(
        path: String, schema: DatabaseSchema, durability: Durability = .full, busyTimeout: Duration = .seconds(5),
        cacheKiB: Int = 1024
    ) throws(StorageError) {
        self.path = path
        let milliseconds = Int32(clamping: busyTimeout.components.seconds * 1000)
        do {
            writer = Locked(try Self.openWriter(path, schema, durability, milliseconds, cacheKiB))
            reader = Locked(try Self.openReader(path, milliseconds, cacheKiB))
        } catch {
            throw error as? StorageError ?? StorageError(.other, "the database \(path) failed: \(error)")
        }
    }

    /// Runs `body` in a transaction that writes: committed when it returns, rolled back when it throws.
    @discardableResult
    public func transaction<R: Sendable>(_ body: (borrowing Connection) throws -> R) throws -> R {
        try writer.withLock { try $0.transaction(begin: "BEGIN IMMEDIATE", body) }
    }

    /// Runs `body` on a snapshot: it sees the last commit before it began, and does not hold up writers.
    public func read<R: Sendable>(_ body: (borrowing Connection) throws -> R) throws -> R {
        try reader.withLock { try $0.transaction(begin: "BEGIN", body) }
    }

    private static func openWriter(
        _ path: String, _ schema: DatabaseSchema, _ durability: Durability, _ timeout: Int32, _ cacheKiB: Int
    ) throws -> Connection {
        let connection = Connection(try Handle(path: path, isReadOnly: false))
        connection.handle.setBusyTimeout(milliseconds: timeout)
        // Before anything is written: the file may not be ours.
        try connection.check(schema)
        try connection.configure(durability, cacheKiB: cacheKiB)
        try connection.migrate(to: schema)
        return connection
    }

    private static func openReader(_ path: String, _ timeout: Int32, _ cacheKiB: Int) throws -> Connection {
        let connection = Connection(try Handle(path: path, isReadOnly: true))
        connection.handle.setBusyTimeout(milliseconds: timeout)
        try connection.handle.runScript("PRAGMA cache_size = -\(cacheKiB)")
        return connection
    }
}

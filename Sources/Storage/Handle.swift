internal import CSQLite

/// SQLite's connection and its prepared statements.
///
/// Nothing here is thread-safe: ``Connection`` owns it alone, and is used under a lock.
final class Handle {
    let path: String
    private let database: OpaquePointer
    /// Statements that nobody runs at the moment, by their text.
    private var idle: [String: OpaquePointer] = [:]
    /// Texts are literals of the program; more of them than this means that somebody writes values into the text.
    private static let idleLimit = 100

    init(path: String, isReadOnly: Bool) throws(StorageError) {
        // Our lock serialises the calls, SQLite need not.
        let flags =
            SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
            | (isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
        var database: OpaquePointer?
        let code = sqlite3_open_v2(path, &database, flags, nil)
        guard code == SQLITE_OK, let database else {
            let reason = database.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close(database)
            throw StorageError(sqlite: code, reason: reason, path: path)
        }
        self.database = database
        self.path = path
    }

    deinit {
        for statement in idle.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(database)
    }

    var isInTransaction: Bool { sqlite3_get_autocommit(database) == 0 }
    var changeCount: Int { Int(sqlite3_changes(database)) }
    var lastRowId: Int64 { sqlite3_last_insert_rowid(database) }

    func setBusyTimeout(milliseconds: Int32) { sqlite3_busy_timeout(database, milliseconds) }

    func error(_ code: Int32) -> StorageError {
        StorageError(sqlite: code, reason: String(cString: sqlite3_errmsg(database)), path: path)
    }

    /// Runs statements that are separated by semicolons and give no rows.
    func runScript(_ sql: String) throws(StorageError) {
        let code = sqlite3_exec(database, sql, nil, nil, nil)
        if code != SQLITE_OK { throw error(code) }
    }

    /// Calls `body` for each row until it returns false.
    func scan(_ sql: String, _ values: [(any SQLBindable)?], _ body: (borrowing Row) throws -> Bool) throws {
        // Taken out while it runs, so that the body may run the same text again.
        let statement = try idle.removeValue(forKey: sql) ?? prepare(sql)
        defer { putBack(statement, sql) }
        precondition(
            Int(sqlite3_bind_parameter_count(statement)) == values.count, "\(values.count) values are given to: \(sql)")
        for (index, value) in values.enumerated() { try bind(statement, Int32(index + 1), value?.sqlValue ?? .null) }
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return }
            if code != SQLITE_ROW { throw error(code) }
            if try !body(Row(statement)) { return }
        }
    }

    private func prepare(_ sql: String) throws(StorageError) -> OpaquePointer {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK else { throw error(code) }
        guard let statement else { preconditionFailure("an empty statement: '\(sql)'") }
        return statement
    }

    private func putBack(_ statement: OpaquePointer, _ sql: String) {
        // The code is that of the last step, which was reported already.
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
        if idle[sql] == nil && idle.count < Self.idleLimit {
            idle[sql] = statement
        } else {
            sqlite3_finalize(statement)
        }
    }

    private func bind(_ statement: OpaquePointer, _ index: Int32, _ value: SQLValue) throws(StorageError) {
        // SQLITE_TRANSIENT, a cast that Swift does not import: SQLite copies the value during the call.
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        let code =
            switch value {
            case .null: sqlite3_bind_null(statement, index)
            case .integer(let value): sqlite3_bind_int64(statement, index, value)
            case .real(let value): sqlite3_bind_double(statement, index, value)
            case .text(var text):
                text.withUTF8 { bytes in
                    bytes.withMemoryRebound(to: CChar.self) {
                        // An empty buffer may have no address, which SQLite would take for null.
                        $0.baseAddress.map {
                            sqlite3_bind_text64(
                                statement, index, $0, UInt64(bytes.count), copied, UInt8(SQLITE_UTF8))
                        } ?? sqlite3_bind_text(statement, index, "", 0, copied)
                    }
                }
            case .blob(let bytes):
                bytes.isEmpty
                    ? sqlite3_bind_zeroblob(statement, index, 0)
                    : bytes.withUnsafeBytes {
                        sqlite3_bind_blob64(statement, index, $0.baseAddress, UInt64($0.count), copied)
                    }
            }
        if code != SQLITE_OK { throw error(code) }
    }
}

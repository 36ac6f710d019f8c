internal import CSQLite

extension StorageError {
    /// From a result code of SQLite, whose own words about it are `reason`.
    init(sqlite code: Int32, reason: String, path: String) {
        // The low byte is the class of the error; the rest is detail that `reason` has.
        switch code & 0xff {
        case SQLITE_BUSY, SQLITE_LOCKED:
            self.init(.busy, "the database \(path) is in use by another process: stop that one")
        case SQLITE_FULL: self.init(.full, "the database \(path) cannot grow (\(reason)): make room on its disk")
        case SQLITE_CORRUPT:
            self.init(.corrupt, "the database \(path) is damaged (\(reason)): move it away to start with a new one")
        case SQLITE_NOTADB:
            self.init(.notADatabase, "\(path) is not a database: move it away, or use another folder")
        case SQLITE_CONSTRAINT: self.init(.constraint, "the database \(path) refuses a row: \(reason)")
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH:
            self.init(.cannotOpen, "cannot open the database \(path) (\(reason)): check the folder and its permissions")
        case SQLITE_READONLY:
            self.init(.readOnly, "the database \(path) cannot be written (\(reason)): check its permissions")
        default: self.init(.other, "the database \(path) failed: \(reason) (\(code))")
        }
    }
}

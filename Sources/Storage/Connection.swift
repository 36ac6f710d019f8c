/// A connection to a database, lent for the time of a transaction.
///
/// Statements are prepared once and kept by their text: write values as `?`, never into the text.
///
/// `@unchecked Sendable`: it cannot be copied, and ``Database`` keeps it behind a lock, so one thread uses it at a time;
/// SQLite's connections may move between threads.
public struct Connection: ~Copyable, @unchecked Sendable {
    let handle: Handle

    init(_ handle: consuming sending Handle) { self.handle = handle }

    /// Runs a statement that gives no rows.
    ///
    /// - Returns: How many rows an INSERT, UPDATE or DELETE has touched.
    @discardableResult
    public func execute(_ sql: String, _ values: (any SQLBindable)?...) throws -> Int {
        try handle.scan(sql, values) { _ in true }
        return handle.changeCount
    }

    /// Calls `body` for each row, as SQLite finds it.
    public func forEach(
        _ sql: String, _ values: (any SQLBindable)?..., row body: (borrowing Row) throws -> Void
    ) throws {
        try handle.scan(sql, values) { row in
            try body(row)
            return true
        }
    }

    /// Calls `body` for each row until it returns false.
    public func scan(
        _ sql: String, _ values: (any SQLBindable)?..., row body: (borrowing Row) throws -> Bool
    ) throws { try handle.scan(sql, values, body) }

    /// What `body` makes of the first row; `nil` without one.
    public func first<R>(
        _ sql: String, _ values: (any SQLBindable)?..., row body: (borrowing Row) throws -> R
    ) throws -> R? {
        var result: R?
        try handle.scan(sql, values) { row in
            result = try body(row)
            return false
        }
        return result
    }

    /// What `body` makes of all rows; for results that are known to be small.
    public func all<R>(
        _ sql: String, _ values: (any SQLBindable)?..., row body: (borrowing Row) throws -> R
    ) throws -> [R] {
        var result: [R] = []
        try handle.scan(sql, values) { row in
            result.append(try body(row))
            return true
        }
        return result
    }

    /// The `INTEGER PRIMARY KEY` of the row that was inserted last.
    public var lastRowId: Int64 { handle.lastRowId }

    func transaction<R>(begin: String, _ body: (borrowing Connection) throws -> R) throws -> R {
        try handle.runScript(begin)
        do {
            let result = try body(self)
            try handle.runScript("COMMIT")
            return result
        } catch {
            // SQLite has rolled back by itself after some errors, as a full disk. The first error is the one to tell.
            if handle.isInTransaction { try? handle.runScript("ROLLBACK") }
            throw error
        }
    }
}

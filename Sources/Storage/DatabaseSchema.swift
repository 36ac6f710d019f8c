/// The tables of a program's database, as the steps that lead to them.
public struct DatabaseSchema: Sendable {
    /// Marks the file as this program's (`PRAGMA application_id`).
    public let application: Int32
    /// In order. Never change one that was released: append.
    public let migrations: [Migration]

    public init(application: Int32, _ migrations: [Migration]) {
        self.application = application
        self.migrations = migrations
    }
}

/// One step of a schema: SQL statements, separated by semicolons, that are applied as a whole.
public struct Migration: Sendable {
    public let sql: String
    public init(_ sql: String) { self.sql = sql }
}

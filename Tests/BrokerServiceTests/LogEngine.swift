import BrokerService
import Testing

/// An engine that the contract is checked for: how to open it on a folder, again and again.
struct LogEngine: Sendable, CustomTestStringConvertible {
    let name: String
    let open: @Sendable (TemporaryFolder) async throws -> any ChangeLog

    var testDescription: String { name }

    static let all = [
        LogEngine(name: "SQLite") { folder in try SQLiteChangeLog(path: folder["log.db"]) }
    ]
}

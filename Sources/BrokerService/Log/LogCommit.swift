/// Entries that became durable together, and the state that they lead to.
public struct LogCommit: Sendable {
    /// In the order of revisions. A key may occur several times.
    public let entries: [LogEntry]
    public let state: LogState

    public init(entries: [LogEntry], state: LogState) {
        self.entries = entries
        self.state = state
    }
}

public import Catalogue

/// The ordered log of the catalogue's changes, with the last value of each key: the engine beneath a broker.
///
/// What an engine promises, and the suite `ChangeLogContract` checks:
/// - Revisions grow by the order of commits; nobody sees a revision before all lower ones.
/// - An append returns when it is durable. A batch is applied as a whole or not at all.
/// - The log keeps the last entry of each key, deletions too, as tombstones. These go after a time; a watcher that is
///   behind a tombstone that went is told so (``LogPage/gone(floor:)``), and lists again.
/// - The epoch changes when, and only when, the log starts anew.
public protocol ChangeLog: Sendable {
    var epoch: Epoch { get }

    /// The state after the last commit; its observers may be running still.
    var state: LogState { get }

    /// Datasets that the log has now.
    var datasetCount: Int { get }

    /// Appends changes, in order and as a whole; returns when they are durable.
    ///
    /// - Parameter expecting: Keys that must still be at these revisions (zero: absent), or nothing is appended and
    ///   ``LogError/Code/conflict`` is thrown.
    /// - Returns: A revision for each change. What the log says already is not appended and has the revision that it
    ///   had; the deletion of what it does not know has the revision of that moment.
    func append(_ changes: [Change], expecting: [String: Revision]) async throws(LogError) -> [Revision]

    /// The current value of a key; `nil` when there is none or it was deleted.
    func entry(of key: String) async throws(LogError) -> LogEntry?

    /// Gives `body` the current entries below the prefixes (all when there are none), in the order of revisions and
    /// without tombstones, page by page, all from one state of the log.
    ///
    /// `body` runs on a thread that may block. An error that it throws ends the snapshot and is thrown.
    ///
    /// - Returns: That state.
    func snapshot(
        below prefixes: [String], _ body: @escaping @Sendable ([LogEntry]) throws -> Void
    ) async throws -> LogState

    /// Entries after a revision whose keys pass `filter`, in order, tombstones included; about `limit` bytes of them.
    func changes(
        after revision: Revision, limit: Int, filter: (@Sendable (String) -> Bool)?
    ) async throws(LogError) -> LogPage

    /// Lets `observer` see each commit from now on, in order, one at a time, before its append returns.
    ///
    /// It must be quick: the next commit waits for it.
    ///
    /// - Returns: The state that the first commit follows.
    func observe(_ observer: @escaping @Sendable (LogCommit) -> Void) -> LogState

    /// Finishes what is being written, and refuses to append from now on: another process may open the log.
    func close() async

    /// Forgets tombstones that the retention no longer covers.
    func prune(_ retention: TombstoneRetention, now: Double) async throws(LogError)
}

extension ChangeLog {
    /// Appends without conditions.
    @discardableResult
    public func append(_ changes: [Change]) async throws(LogError) -> [Revision] {
        try await append(changes, expecting: [:])
    }
}

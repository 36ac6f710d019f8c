import Catalogue

/// A batch that waits to be written.
struct PendingAppend: Sendable {
    let changes: [EncodedChange]
    let expecting: [String: Revision]
    let finish: @Sendable (Result<[Revision], LogError>) -> Void
}

/// What waits for the writer, and whether it runs.
struct AppendQueue {
    enum Action { case startWriter, isBeingServed, refuse, refuseClosed }

    /// Changes that may wait: an HTTP request holds up to 10,000.
    static let waitingLimit = 200_000
    /// Changes in one transaction: one batch of the largest size, or many small ones.
    static let commitLimit = 10_000

    private var waiting: [PendingAppend] = []
    private var waitingChanges = 0
    private var isWriting = false
    private var isClosed = false

    mutating func close() { isClosed = true }

    mutating func add(_ append: PendingAppend) -> Action {
        if isClosed { return .refuseClosed }
        if waitingChanges > 0 && waitingChanges + append.changes.count > Self.waitingLimit { return .refuse }
        waiting.append(append)
        waitingChanges += append.changes.count
        if isWriting { return .isBeingServed }
        isWriting = true
        return .startWriter
    }

    /// What the writer commits next; `nil` sends it home.
    mutating func take() -> [PendingAppend]? {
        var count = 0
        var changes = 0
        while count < waiting.count, count == 0 || changes + waiting[count].changes.count <= Self.commitLimit {
            changes += waiting[count].changes.count
            count += 1
        }
        guard count > 0 else {
            isWriting = false
            return nil
        }
        defer {
            waiting.removeFirst(count)
            waitingChanges -= changes
        }
        return Array(waiting.prefix(count))
    }
}

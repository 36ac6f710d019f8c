import Platform

/// Who sees to it that there is room before bytes are fetched.
protocol RoomKeeping: Sendable {
    /// Returns when there is room for what a mirror is to receive, or says why there will not be.
    func reserve(_ need: RoomNeed, for mirror: Mirror) async -> FetchFailure?
    /// What was reserved has been written, or will not be.
    func release(_ need: RoomNeed, for mirror: Mirror)
    /// The disk has failed.
    func note(_ failure: FetchFailure)
    /// The file system was full: makes room there, of what may go.
    ///
    /// - Returns: whether there is more room now.
    func relieveDisk(of bytes: Int64) async -> Bool
}

/// Room that a mirror needs.
struct RoomNeed: Sendable {
    /// A file takes whole pages.
    static let page: Int64 = 4096

    enum Urgency: Sendable {
        /// Nobody waits for it.
        case none
        /// Somebody waits for it, and can wait until others have read theirs.
        case awaited
        /// It belongs to what somebody has a part of already: who waits for the rest would keep that from the others.
        case indispensable
    }

    let bytes: Int64
    let urgency: Urgency

    init(_ bytes: Int64, _ urgency: Urgency) {
        self.bytes = bytes +| 2 * Self.page
        self.urgency = urgency
    }
}

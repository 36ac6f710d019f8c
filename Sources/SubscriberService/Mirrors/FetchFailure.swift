import Catalogue

/// Why bytes that are not held could not be had.
struct FetchFailure: Error, Sendable, CustomStringConvertible {
    enum Reason: Sendable {
        /// The version is no longer to be had: look for the newer one.
        case gone
        /// No source could be reached.
        case unreachable
        /// A source was silent for too long.
        case timeout
        /// What came was not what the digests say, twice.
        case corrupt
        /// There is no room for the bytes here.
        case noRoom
        /// The bytes could not be stored here, or not be read again: the disk fails, or may not be written.
        case storage
        /// Too much is under way already.
        case busy
        /// The subscriber is stopping.
        case stopping
    }

    let reason: Reason
    let message: String

    init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }

    var description: String { message }

    /// The status of an answer that fails so.
    var status: Int {
        switch reason {
        case .gone, .unreachable, .busy, .stopping, .storage: 503
        case .timeout: 504
        case .corrupt: 502
        case .noRoom: 507
        }
    }

    /// It is this subscriber's disk: no other source helps.
    var isLocal: Bool { reason == .noRoom || reason == .storage }

    /// The one to report of two: what says most about the data comes first.
    func merged(with other: FetchFailure?) -> FetchFailure {
        guard let other else { return self }
        return rank >= other.rank ? self : other
    }

    private var rank: Int {
        switch reason {
        case .noRoom, .storage: 5
        case .corrupt: 4
        case .gone: 3
        case .timeout: 2
        case .unreachable: 1
        case .busy, .stopping: 0
        }
    }
}

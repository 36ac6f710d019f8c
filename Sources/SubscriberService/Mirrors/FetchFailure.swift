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
        /// The bytes could not be stored here.
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
        case .gone, .unreachable, .busy, .stopping: 503
        case .timeout: 504
        case .corrupt: 502
        case .storage: 507
        }
    }

    /// The one to report of two: what says most about the data comes first.
    func merged(with other: FetchFailure?) -> FetchFailure {
        guard let other else { return self }
        return rank >= other.rank ? self : other
    }

    private var rank: Int {
        switch reason {
        case .storage: 5
        case .corrupt: 4
        case .gone: 3
        case .timeout: 2
        case .unreachable: 1
        case .busy, .stopping: 0
        }
    }
}

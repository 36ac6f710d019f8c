import Catalogue

/// How a subscriber is: `GET /api/status` as JSON, `GET /metrics` as metrics.
struct SubscriberStatus: Encodable {
    struct Broker: Encodable {
        let url: String
        let connected: Bool
        let since: Double
        let epoch: Epoch?
        let revision: Revision?
        /// Seconds since what is here was known to be current.
        let lag: Double?
        /// The same while nobody knows whether there is anything newer, else left out.
        let stale: Double?
    }

    struct Mirrors: Encodable {
        let count: Int
        let complete: Int
        let bytes: Int64
        let size: Int64
        /// Bytes that may be held.
        let limit: Int64?
    }

    /// Where mirrors are.
    struct Disk: Encodable {
        /// Bytes that mirrors take, and true copies of them.
        let used: Int64
        /// Bytes that the file system has left.
        let free: Int64?
        /// What the files for other programs are: ``FileLinks/Kind``.
        let copies: FileLinks.Kind?
        /// What is wrong with it.
        let error: String?
    }

    struct Transfers: Encodable {
        let running: Int
        /// To publishers, since the start; the bytes and chunks as well.
        let requests: Int64
        let fetchedBytes: Int64
        let savedBytes: Int64
        let rejectedChunks: Int64
    }

    /// Of clients, since the start.
    struct Requests: Encodable {
        let answered: Int64
        /// With a status of 400 to 499.
        let refused: Int64
        /// With a status of 500 or more.
        let failed: Int64
        let sentBytes: Int64
    }

    let version: String
    /// Seconds since the start.
    let uptime: Double?
    /// Bytes that the process occupies.
    let memory: Int64?
    let broker: Broker
    let groups: [GroupStatus]
    let datasets: Int
    let followed: [String]
    let mirrors: Mirrors
    let disk: Disk
    let transfers: Transfers
    let requests: Requests
    let cache: AnswerCache.Use
}

import Catalogue
import HTTP
import Platform

/// How the subscriber is.
struct StatusRoutes: Sendable {
    let broker: String
    let brokerStatus: BrokerStatus
    let copy: CatalogueCopy
    let keeper: MirrorKeeper
    let counters: TransferCounters

    struct Status: Encodable {
        struct Broker: Encodable {
            let url: String
            let connected: Bool
            let since: Double
            let epoch: Epoch?
            let revision: Revision?
            /// Seconds since the broker was last heard of.
            let lag: Double?
        }
        struct Mirrors: Encodable {
            let count: Int
            let complete: Int
            let bytes: Int64
            let size: Int64
            /// Bytes that may be held.
            let limit: Int64?
        }
        struct Transfers: Encodable {
            let running: Int
            let fetchedBytes: Int64
            let savedBytes: Int64
            let rejectedChunks: Int
        }
        let version: String
        let broker: Broker
        let groups: [Group]
        let datasets: Int
        let followed: [String]
        let mirrors: Mirrors
        let transfers: Transfers
    }

    func health(_ request: HTTPRequest) throws -> HTTPResponse {
        try request.require("GET")
        return .json(["status": "alive"])
    }

    /// Ready when there is a catalogue to answer from, the broker's or the one from the last run.
    func ready(_ request: HTTPRequest) throws -> HTTPResponse {
        try request.require("GET")
        if copy.position != nil { return .json(["status": "ready"]) }
        return .json(["status": "waiting for the broker at \(broker)"], status: 503)
    }

    func status(_ request: HTTPRequest) throws -> HTTPResponse {
        try request.require("GET")
        return .json(current)
    }

    var current: Status {
        let broker = brokerStatus.snapshot
        let position = copy.position
        let totals = keeper.library.totals
        return Status(
            version: ProgramVersion.current,
            broker: .init(
                url: self.broker, connected: broker.isConnected, since: broker.since.seconds, epoch: position?.epoch,
                revision: position?.revision, lag: broker.heard.map { max(0, Timestamp.now.seconds - $0.seconds) }),
            groups: copy.groups, datasets: copy.count, followed: keeper.followed.all.map(\.text),
            mirrors: .init(
                count: totals.count, complete: totals.complete, bytes: totals.held, size: totals.size,
                limit: keeper.library.limit),
            transfers: .init(
                running: keeper.runningCount, fetchedBytes: counters.fetched, savedBytes: counters.saved,
                rejectedChunks: counters.rejections))
    }
}

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
    let cache: AnswerCache
    let server: ServerStatistics

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

    var current: SubscriberStatus {
        let broker = brokerStatus.snapshot, now = Timestamp.now.seconds
        let position = copy.position
        let totals = keeper.library.totals
        return SubscriberStatus(
            version: ProgramVersion.current,
            uptime: ProcessUsage.started.map { now - $0.seconds },
            memory: ProcessUsage.residentBytes,
            broker: .init(
                url: self.broker, connected: broker.isConnected, since: broker.since.seconds, epoch: position?.epoch,
                revision: position?.revision, lag: broker.lag(now: now)),
            groups: copy.groups.map { GroupStatus($0, broker, now: now) }, datasets: copy.count,
            followed: keeper.followed.all.map(\.text),
            mirrors: .init(
                count: totals.count, complete: totals.complete, bytes: totals.held, size: totals.size,
                limit: keeper.library.limit),
            transfers: .init(
                running: keeper.runningCount, requests: counters.requests, fetchedBytes: counters.fetched,
                savedBytes: counters.saved,
                rejectedChunks: counters.rejections),
            requests: .init(
                answered: server.answered, refused: server.refused, failed: server.failed, sentBytes: server.sentBytes),
            cache: cache.use)
    }
}

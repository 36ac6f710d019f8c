import Catalogue
import HTTP
import Platform
import Synchronization
import Wire

/// How the subscriber is.
struct StatusRoutes: Sendable {
    let broker: String
    let brokerStatus: BrokerStatus
    let copy: CatalogueCopy
    let keeper: MirrorKeeper
    let counters: TransferCounters
    let cache: AnswerCache
    let server: ServerStatistics

    /// Ready when there is a catalogue to answer from, the broker's or the one from the last run.
    var ready: HTTPResponse {
        // It answers all the same, but keeps nothing.
        if copy.wasListed, let trouble = keeper.library.trouble.withLock({ $0 }) {
            return .json(["status": "the disk: \(trouble.message)"], status: trouble.status)
        }
        if copy.wasListed { return .json(readiness) }
        return .json(["status": "waiting for the broker at \(broker)"], status: 503)
    }

    /// It can answer, and says for how long nobody has known whether there is anything newer.
    private struct Readiness: Encodable {
        let status: String
        let stale: Double?
    }

    private var readiness: Readiness { Readiness(status: "ready", stale: brokerStatus.snapshot.stale) }

    var current: SubscriberStatus {
        let broker = brokerStatus.snapshot
        let position = copy.position
        let totals = keeper.library.totals
        return SubscriberStatus(
            version: ProgramVersion.current,
            uptime: ProcessUsage.uptime,
            memory: ProcessUsage.residentBytes,
            broker: .init(
                url: self.broker, connected: broker.isConnected, since: broker.sinceSeconds, epoch: position?.epoch,
                revision: position?.revision, lag: broker.lag, stale: broker.stale),
            groups: copy.groups.map { GroupStatus($0, broker, copy) }, datasets: copy.count,
            followed: keeper.followed.all.map(\.text),
            mirrors: .init(
                count: totals.count, complete: totals.complete, bytes: totals.held, size: totals.size,
                limit: keeper.library.limit),
            disk: .init(
                used: keeper.library.used, free: try? FileSystem.freeBytes(at: keeper.library.folder),
                copies: keeper.links.kind.withLock { $0 }?.rawValue,
                error: keeper.library.trouble.withLock { $0?.message }),
            transfers: .init(
                running: keeper.runningCount, requests: counters.requests, fetchedBytes: counters.fetched,
                savedBytes: counters.saved,
                rejectedChunks: counters.rejections),
            requests: .init(
                answered: server.answered, refused: server.refused, failed: server.failed, sentBytes: server.sentBytes),
            cache: cache.use)
    }
}

import Catalogue
import HTTP
import Metrics
public import Platform
import Wire

/// A broker: the control plane over a log, on an address.
public final class Broker: Sendable {
    public struct Configuration: Sendable {
        /// Port 0 takes any free one.
        public var listen: Endpoint
        /// The folder of the log; made if need be.
        public var state: String
        /// How long a group stays online without a renewal.
        public var leaseSeconds = 10.0
        /// How often idle watchers are shown that the line is alive.
        public var bookmarkInterval = Duration.seconds(3)
        /// After which a watcher that reads nothing of what waits for it is cut off.
        public var stallTimeout = Duration.seconds(30)
        public var tombstones = TombstoneRetention()
        /// Groups that the log may have; each is part of every bookmark.
        public var groupLimit = 10_000
        /// What large answers may hold in memory until they are sent.
        public var answerMemory: Int?
        /// What listings may take on disk until they are sent.
        public var spoolMemory = 256 << 20
        public var logger = Logger("broker")
        /// What leases are measured by.
        public var clock: any SteadyClock = SystemSteadyClock()

        public init(listen: Endpoint, state: String) {
            self.listen = listen
            self.state = state
        }
    }

    /// Where it listens, with the port that was bound.
    public var endpoint: Endpoint { server.endpoint }

    /// Clients that watch the feed now.
    public var watcherCount: Int { feed.watcherCount }

    private let configuration: Configuration
    private let folder: BrokerFolder
    private let log: any ChangeLog
    private let leases: LeaseKeeper
    private let largeWork = LargeWork()
    private let feed: Feed
    private let server: HTTPServer

    /// Opens the log and listens; ``run()`` serves.
    ///
    /// - Throws: an error whose description is one line that says what would mend it.
    public init(_ configuration: Configuration) async throws {
        let plan = try DescriptorPlan.checked()
        let logger = configuration.logger
        let folder = try BrokerFolder(configuration.state)
        let log = try await BlockingPool(name: "log-open", threads: 1).run { try SQLiteChangeLog(path: folder.log) }
        let leases = try await LeaseKeeper(
            log: log, duration: .seconds(configuration.leaseSeconds), groupLimit: configuration.groupLimit,
            logger: logger, clock: configuration.clock)
        let metrics = BrokerMetrics(
            log: log, leases: leases, logBytes: { folder.logSize }, acceptedChanges: Counter(),
            server: ServerStatistics(), feed: FeedStatistics())
        let spools = ByteBudget(total: configuration.spoolMemory, of: "listings")
        let listings = Listings(log: log, spoolFolder: folder.spool, spools: spools, logger: logger)
        let changes = LogChanges(log: log, leases: leases, listings: listings)
        let handler = RequestHandler(
            log: log, leases: leases, largeWork: largeWork, metrics: MetricsPage("broker") { metrics.families },
            acceptedChanges: metrics.acceptedChanges)
        feed = Self.feed(of: log, changes, configuration, counting: metrics.feed)
        var settings = HTTPServer.Configuration(listen: configuration.listen)
        settings.connectionTotal = plan.connections
        settings.headers = ProtocolHeader.common
        settings.answers = ByteBudget(total: configuration.answerMemory ?? ByteBudget.standardTotal)
        settings.otherBudgets = [spools]
        let routes = handler.routes(beside: ControlPlane(changes), log: logger)
        server = try HTTPServer(settings, feeds: [RoutePath.changes.fixed: feed], statistics: metrics.server) {
            await routes.answer($0)
        }
        self.configuration = configuration
        self.folder = folder
        self.log = log
        self.leases = leases
    }

    private static func feed(
        of log: any ChangeLog, _ changes: LogChanges, _ configuration: Configuration,
        counting statistics: FeedStatistics
    ) -> Feed {
        var settings = Feed.Configuration()
        settings.heartbeatInterval = configuration.bookmarkInterval
        settings.stallTimeout = configuration.stallTimeout
        // Who is behind it reads the log, whose pages are at hand.
        settings.memoryLimit = 4 << 20
        let source = CatalogueFeed(changes, log: configuration.logger)
        let feed = Feed(source: source, configuration: settings, statistics: statistics)
        // Weak, for the feed keeps its source, and that the log.
        _ = log.observe { [weak feed] commit in if let feed { changes.pass(commit, to: feed) } }
        return feed
    }

    /// Serves until the task is cancelled, then finishes what is in flight and gives the folder back; takes less than a
    /// second to stop.
    public func run() async throws {
        configuration.logger.info("ready", ["listen": endpoint, "state": folder.path, "revision": log.state.revision])
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.server.run(grace: .milliseconds(500)) }
            group.addTask { try await self.leases.run() }
            group.addTask { try await self.forgetTombstones() }
            group.addTask { try await self.largeWork.run() }
            // Without an error of its own, each part ends by cancellation only.
            while await group.nextResult() != nil { group.cancelAll() }
        }
        await log.close()
        folder.release()
        configuration.logger.info("stopped")
    }

    private func forgetTombstones() async throws {
        while true {
            do {
                try await log.prune(configuration.tombstones, now: Timestamp.now.seconds)
            } catch {
                configuration.logger.error("old deletions cannot be forgotten", ["error": error])
            }
            try await Task.sleep(for: .seconds(30))
        }
    }
}

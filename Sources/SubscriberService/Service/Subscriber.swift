import Catalogue
import HTTP
public import Platform
import Storage
import Synchronization
import Wire

/// A subscriber: follows the catalogue, keeps mirrors, answers clients and the next subscribers.
public final class Subscriber: Sendable {
    public struct Configuration: Sendable {
        public var listen: Endpoint
        /// The base of the broker's URLs.
        public var broker: String
        /// The folder of the catalogue copy, the mirrors and the complete files; made if need be.
        public var state: String
        /// The groups to follow the catalogue of; empty for all.
        public var groups: [String] = []
        /// How long a publisher may be silent.
        public var fetchTimeout: Duration = .seconds(15)
        /// Requests for chunks that are under way at the same time.
        public var concurrency = 8
        /// Bytes of datasets that may be held, the least recently used making room; `nil` for no limit. What is pinned or
        /// in use stays, above the limit if need be.
        public var cacheSize: Int64?
        /// How parts of arrays are compressed on their way to clients.
        public var responseCodec = ResponseCodec.lz4
        /// Names under which browsers reach the web page, besides addresses and this machine's own name.
        public var allowedHosts: [String] = []
        /// What large answers may hold in memory until they are sent.
        public var answerMemory: Int?
        public var log: Logger
        /// What ages and pauses are measured by.
        public var clock: any SteadyClock = SystemSteadyClock()
        /// What ``fetchTimeout`` is measured by.
        public var fetchClock: any SteadyClock = SystemSteadyClock()

        public init(listen: Endpoint, broker: String, state: String, log: Logger) {
            self.listen = listen
            self.broker = broker
            self.state = state
            self.log = log
        }
    }

    private let log: Logger
    /// Held until ``run()`` has ended.
    private let lock: Locked<FolderLock?>
    let parts: SubscriberParts
    private let server: HTTPServer

    public var endpoint: Endpoint { server.endpoint }

    /// Opens the state and listens; nothing is answered before ``run()``.
    ///
    /// - Throws: `SystemError`, `StorageError`, `HTTPError`, each naming what cannot be used.
    public init(_ configuration: Configuration) async throws {
        let plan = try DescriptorPlan.checked()
        log = configuration.log
        let pool = BlockingPool(name: "subscriber-disk", threads: 4)
        lock = Locked(
            try await pool.run {
                try StateFolder.prepare(configuration.state)
                return try FolderLock(configuration.state, owner: "bpubsub-subscriber")
            })
        let parts = try await pool.run { try SubscriberParts(configuration, within: plan, pool: pool) }
        var memory = Feed.Configuration()
        // The catalogue is in memory already, and events are soon old.
        memory.memoryLimit = 1 << 20
        let metrics = parts.metrics
        let changes = Feed(
            source: CatalogueFeed(parts.changes, log: log), configuration: memory, statistics: metrics.changes)
        let events = Feed(source: parts.events, configuration: memory, statistics: metrics.events)
        parts.connect(changes: changes, events: events)
        let router = parts.router
        var settings = HTTPServer.Configuration(listen: configuration.listen)
        settings.connectionTotal = plan.connections
        settings.headers = ProtocolHeader.common
        settings.headers[ProtocolHeader.role] = ProtocolHeader.subscriber
        settings.answers = ByteBudget(total: configuration.answerMemory ?? ByteBudget.standardTotal)
        server = try HTTPServer(
            settings, feeds: [RoutePath.changes.fixed: changes, RoutePath.events.fixed: events],
            statistics: metrics.server
        ) { await router.answer($0) }
        self.parts = parts
    }

    /// Serves and follows until the task is cancelled; then finishes what is being answered and saves.
    public func run() async {
        let index = BlockingPool(name: "subscriber-index", threads: 1)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.server.run() }
            group.addTask { await self.parts.copy.run(on: index, log: self.log) }
            group.addTask { await self.parts.transfers.run() }
            group.addTask { await self.parts.keeper.run() }
            group.addTask { await self.parts.held.run() }
            group.addTask { await self.parts.follower.run() }
            group.addTask { await self.parts.brokerStatus.run() }
            group.addTask { await self.parts.copy.forgetOverdue(self.parts.brokerStatus) }
            await group.waitForAll()
        }
        parts.disconnect()
        lock.withLock { $0 = nil }
    }
}

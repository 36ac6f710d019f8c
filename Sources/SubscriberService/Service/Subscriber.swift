import Catalogue
import HTTP
public import Platform
import Storage

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
        public var log: Logger

        public init(listen: Endpoint, broker: String, state: String, log: Logger) {
            self.listen = listen
            self.broker = broker
            self.state = state
            self.log = log
        }
    }

    private let configuration: Configuration
    private let lock: FolderLock
    private let server: HTTPServer
    private let follower: CatalogueFollower
    private let copy: CatalogueCopy
    private let keeper: MirrorKeeper
    private let transfers: TransferService
    private let events: EventFeed
    private let databasePool: BlockingPool

    public var endpoint: Endpoint { server.endpoint }

    /// Opens the state and listens; nothing is answered before ``run()``.
    ///
    /// - Throws: `SystemError`, `StorageError`, `HTTPError`, each naming what cannot be used.
    public init(_ configuration: Configuration) async throws {
        self.configuration = configuration
        let log = configuration.log
        let setUp = BlockingPool(name: "subscriber-disk", threads: 4)
        databasePool = BlockingPool(name: "subscriber-index", threads: 1)
        lock = try await setUp.run {
            try FileSystem.createDirectories(configuration.state)
            return try FolderLock(configuration.state, owner: "bpubsub-subscriber")
        }
        let client = HTTPClient()
        let counters = TransferCounters()
        let fetcher = Fetcher(client: client, timeout: configuration.fetchTimeout, counters: counters, log: log)
        let opened = try await setUp.run {
            let database = try Database(
                path: configuration.state + "/subscriber.sqlite", schema: SubscriberDatabase.schema, durability: .normal
            )
            let copy = try CatalogueCopy(store: CatalogueStore(database: database))
            let library = try MirrorLibrary(
                folder: configuration.state + "/mirrors", index: MirrorIndex(database: database), fetcher: fetcher,
                pool: setUp, log: log)
            return (database, copy, library)
        }
        let (database, copy, library) = opened
        let sources = CatalogueSources(copy: copy)
        let transfers = TransferService(
            fetcher: fetcher, directory: sources, concurrency: configuration.concurrency, log: log)
        let events = EventFeed()
        let links = FileLinks(folder: configuration.state + "/files")
        let keeper = try MirrorKeeper(
            copy: copy, library: library, transfers: transfers, directory: sources,
            store: HoldingsStore(database: database), links: links, pool: setUp, log: log,
            onProgress: { events.progress($0) })
        copy.observe { events.change($0) }
        let status = BrokerStatus(url: configuration.broker)
        follower = CatalogueFollower(
            broker: configuration.broker, groups: configuration.groups, client: client, copy: copy, sources: sources,
            status: status, log: log)
        let reader = MirrorReader(pool: setUp)
        let router = Router(
            reading: CatalogueRoutes(copy: copy, keeper: keeper),
            following: FollowRoutes(copy: copy, keeper: keeper, links: links),
            downloads: DownloadRoutes(copy: copy, keeper: keeper, reader: reader, status: status),
            versions: VersionRoutes(copy: copy, keeper: keeper, reader: reader, pool: setUp),
            status: StatusRoutes(
                broker: configuration.broker, brokerStatus: status, copy: copy, keeper: keeper, counters: counters),
            log: log)
        let changes = ChangeFeed(copy: copy)
        let changeFeed = Feed(source: changes), eventFeed = Feed(source: events)
        changes.connect(to: changeFeed)
        events.connect(to: eventFeed)
        server = try HTTPServer(
            .init(listen: configuration.listen), feeds: ["/api/changes": changeFeed, "/api/events": eventFeed]
        ) { await router.answer($0) }
        self.events = events
        self.copy = copy
        self.keeper = keeper
        self.transfers = transfers
    }

    /// Serves and follows until the task is cancelled; then finishes what is being answered and saves.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.server.run() }
            group.addTask { await self.copy.run(on: self.databasePool, log: self.configuration.log) }
            group.addTask { await self.transfers.run() }
            group.addTask { await self.keeper.run() }
            group.addTask { await self.follower.run() }
            await group.waitForAll()
        }
        events.connect(to: nil)
    }
}

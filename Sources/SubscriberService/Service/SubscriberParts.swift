import Catalogue
import HTTP
import Platform
import Storage
import Wire

/// The parts of a subscriber, wired together.
struct SubscriberParts: Sendable {
    let copy: CatalogueCopy
    let keeper: MirrorKeeper
    let transfers: TransferService
    let follower: CatalogueFollower
    let changes: CopyChanges
    let events: EventFeed
    let held: HeldEvents
    let router: Router
    let metrics: SubscriberMetrics
    let brokerStatus: BrokerStatus

    /// Blocks: opens the database and reads what was known.
    ///
    /// - Parameter plan: what may be open, each share of it for one part.
    init(_ configuration: Subscriber.Configuration, within plan: DescriptorPlan, pool: BlockingPool) throws {
        let log = configuration.log
        let (broker, settings) = HTTPClient.Configuration.talking(to: configuration.broker)
        // One for all: what it may have open is counted once.
        let client = HTTPClient(settings, within: plan), counters = TransferCounters(), events = EventFeed()
        let database = try Database(
            path: configuration.state + "/subscriber.sqlite", schema: SubscriberDatabase.schema, durability: .normal)
        copy = try CatalogueCopy(store: CatalogueStore(database: database), clock: configuration.clock)
        brokerStatus = BrokerStatus(url: broker, clock: configuration.clock, age: copy.age)
        changes = CopyChanges(copy: copy, status: brokerStatus, pool: pool)
        let fetcher = Fetcher(
            client: client, timeout: configuration.fetchTimeout, clock: configuration.fetchClock, counters: counters,
            log: log)
        let library = try MirrorLibrary(
            folder: configuration.state + "/mirrors", limit: configuration.cacheSize,
            index: MirrorIndex(database: database), fetcher: fetcher,
            pool: pool, log: log, openLimit: plan.files)
        held = HeldEvents(copy: copy, library: library, events: events)
        let sources = CatalogueSources(copy: copy)
        transfers = TransferService(
            fetcher: fetcher, directory: sources, concurrency: configuration.concurrency, pool: pool, log: log)
        let links = FileLinks(folder: configuration.state + "/files")
        keeper = try MirrorKeeper(
            copy: copy, library: library, transfers: transfers, directory: sources,
            store: HoldingsStore(database: database), links: links, pool: pool, log: log
        ) { [held] in
            events.progress($0)
            held.note($0.version, of: [$0.path])
        }
        sources.observeUpstream { [weak keeper] in keeper?.tryAllAgain { _ in true } }
        transfers.observe { [held] mirror, _ in held.note(mirror.version, of: mirror.askedFor) }
        copy.observe { events.change($0) }
        follower = CatalogueFollower(
            broker: broker, groups: configuration.groups, client: client, copy: copy, sources: sources,
            status: brokerStatus, log: log)
        let reader = MirrorReader(keeper: keeper, pool: pool)
        let catalogue = CatalogueRoutes(copy: copy, keeper: keeper, pool: pool)
        let freshness = Freshness(copy: copy, status: brokerStatus) { [keeper] in keeper.superseded($0)?.since }
        let versions = CurrentVersions(
            copy: copy, keeper: keeper, sources: sources, changes: VersionChanges(copy: copy))
        let stored = StoredFile(copy: copy, reader: reader, freshness: freshness)
        let reading = ReadRoutes(
            catalogue: catalogue, versions: versions, stored: stored, freshness: freshness,
            codec: configuration.responseCodec.frameCodec)
        let status = StatusRoutes(
            broker: broker, brokerStatus: brokerStatus, copy: copy, keeper: keeper, counters: counters,
            cache: reading.cache, server: ServerStatistics())
        let metrics = SubscriberMetrics(
            status: status, server: status.server, changes: FeedStatistics(), events: FeedStatistics())
        let services = Router.Services(
            changes: ControlPlane(changes), reading: reading,
            following: FollowRoutes(copy: copy, keeper: keeper, links: links, events: events, freshness: freshness),
            downloads: DownloadRoutes(copy: copy, keeper: keeper, versions: versions, stored: stored),
            versions: HeldVersions(copy: copy, keeper: keeper, reader: reader, pool: pool),
            status: status, metrics: MetricsPage("subscriber") { metrics.families },
            tree: TreeRoute(copy: copy, keeper: keeper, broker: brokerStatus, pool: pool),
            held: HeldRoute(copy: copy, keeper: keeper, pool: pool), freshness: freshness)
        router = Router(services, ownPages: OriginRule(ownPagesAt: configuration.allowedHosts), log: log)
        self.events = events
        self.metrics = metrics
    }

    /// Lets the feeds be told of what happens.
    func connect(changes feed: Feed, events eventFeed: Feed) {
        changes.connect(to: feed)
        events.connect(to: eventFeed)
        let status = router.status
        brokerStatus.observe { [events, weak feed] in
            events.publish("status", key: nil, json: WireJSON.encode(status.current))
            // The next subscriber is to know at once what this one knows.
            feed?.beat()
        }
    }

    /// Ends what ``connect(changes:events:)`` began: who tells and who is told hold one another.
    func disconnect() {
        brokerStatus.observe(nil)
        events.connect(to: nil)
    }
}

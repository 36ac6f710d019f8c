internal import Catalogue
internal import HTTP
internal import Metrics
public import Platform
internal import Synchronization

/// A publisher: makes the files of a folder the datasets of a group, announces them, and serves their bytes.
public final class Publisher: Sendable {
    /// Where it listens, with the port that was bound.
    public var endpoint: Endpoint { server.endpoint }
    public let statistics = Statistics()

    private let configuration: Configuration
    private let state: PublisherState
    private let index: FolderIndex
    private let watcher: FolderWatcher
    private let workers: VersionWorkers
    private let announcer: Announcer
    private let standing = BrokerStanding()
    private let server: HTTPServer
    private let reports: Reports
    private let isScanned = Flag()
    private let firstScan = Signal()

    /// Opens state and folder, and listens; ``run()`` watches, announces and serves.
    ///
    /// - Throws: an error whose description is one line that says what would mend it.
    public init(_ configuration: Configuration) async throws {
        let plan = try DescriptorPlan.checked()
        self.configuration = configuration
        let group = try Self.group(configuration)
        let reports = Reports(configuration.logger)
        let index = FolderIndex()
        let away = Signal()
        let opened = try await BlockingPool(name: "publisher-open", threads: 1).run {
            // The folder first: a wrong name shall leave no state behind.
            let hasState = FileSystem.exists("\(configuration.state)/secret")
            var last = hasState ? try FileSystem.absolutePath(configuration.folder) : nil
            _ = try Self.folder(configuration, group, excluding: [], last: last)
            let state = try PublisherState(configuration.state, group: group)
            let before = try state.store.root()
            if hasState { last = before ?? last }
            let folder = try Self.folder(configuration, group, excluding: [state.realPath], last: last)
            let places = FolderPlaces(
                known: try state.store.places(), isMoved: before.map { $0 != folder.root } ?? false,
                save: { places in
                    do {
                        try state.store.keep(places, root: folder.root)
                    } catch {
                        configuration.logger.warning("the state cannot be written", ["error": error])
                    }
                }, changed: { away.raise() })
            for (path, entry) in try state.store.load() { index.put(entry, at: path) }
            return (
                state,
                try FolderWatcher(
                    folder, settings: configuration.watching, index: index, reports: reports, places: places)
            )
        }
        let (state, watcher) = opened
        let queue = AnnouncementQueue()
        let reader = FileReader(
            folder: watcher.folder, index: index, statistics: statistics, stop: Flag(),
            hasEvents: watcher.hasEvents, places: watcher.places,
            unfinished: UnfinishedFrames(limit: configuration.frameLimit))
        workers = VersionWorkers(
            reader: reader, store: state.store, reports: reports, announcements: queue, ask: { watcher.ask($0) })
        let files = VersionFiles(
            folder: watcher.folder, index: index, suspect: { watcher.ask(.settle($0)) },
            distrust: { watcher.ask(.reread($0)) }, places: watcher.places)
        let routes = VersionRoutes(
            files: files, store: state.store, statistics: statistics, pool: BlockingPool(name: "serving", threads: 4))
        let metrics = PublisherMetrics(
            index: index, statistics: statistics, workers: workers, queue: queue, standing: standing,
            isScanned: isScanned, server: ServerStatistics())
        let plane = DataPlane(
            group: group, versions: routes, isReady: { [isScanned] in isScanned.isSet },
            metrics: MetricsPage("publisher") { metrics.families }, logger: configuration.logger)
        var settings = HTTPServer.Configuration(listen: configuration.listen)
        settings.headers = [ProtocolHeader.protocol: "1"]
        settings.answers = ByteBudget(total: configuration.answerMemory ?? ByteBudget.standardTotal)
        settings.connectionTotal = plan.connections
        // Each may have a file open.
        settings.connectionLimit = min(settings.connectionLimit, (plan.connections + plan.files) / 2)
        server = try HTTPServer(settings, statistics: metrics.server) { await plane.answer($0) }
        let claim = Claim(
            secret: state.identity.secret, urls: configuration.urls(listeningOn: server.endpoint),
            class: configuration.class, instance: state.instance)
        let (broker, forClient) = HTTPClient.Configuration.talking(to: configuration.broker)
        let link = BrokerLink(
            client: HTTPClient(forClient, within: plan), broker: broker, group: group, claim: claim)
        announcer = Announcer(
            link: link, store: state.store, queue: queue, standing: standing,
            isPending: { [workers] path in
                if workers.isPending(path) { return true }
                guard index.entry(path) == nil, watcher.folder.publishes(path) else { return false }
                // It is there, and was not read by this process: with its state lost, or just after a write, a walk does not
                // have it read at once. What the catalogue has of it is not withdrawn for that.
                workers.add([WorkList.Job(path: path)])
                return true
            }, isAway: { watcher.places.isAway }, awayChanged: away, logger: configuration.logger)
        self.state = state
        self.index = index
        self.watcher = watcher
        self.reports = reports
    }

    /// Works until the task is cancelled; then finishes what is being answered, and gives the group back.
    public func run() async throws {
        let logger = configuration.logger
        logger.info("started", ["listen": endpoint, "folder": watcher.folder.root, "group": configuration.group])
        // Beside all else, and not waited for at the end: a name's resolution may take long, and nothing depends on it.
        let warning = Task { await warnOfAddresses() }
        defer { warning.cancel() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.server.run(grace: .milliseconds(500)) }
            group.addTask { await self.workers.run() }
            group.addTask { await self.watch() }
            group.addTask {
                // What is not known yet cannot be told from what is gone.
                await self.firstScan.wait()
                if !Task.isCancelled { await self.announcer.run() }
            }
            await group.waitForAll()
        }
        state.release()
        logger.info("stopped")
    }

    /// Says where others will look for the data, and what speaks against their finding it.
    private func warnOfAddresses() async {
        let urls = configuration.urls(listeningOn: server.endpoint)
        configuration.logger.info("advertised", ["urls": urls.joined(separator: " ")])
        guard configuration.advertise?.isEmpty ?? true, let url = urls.first else { return }
        let listen = configuration.listen.host
        let doubt = await BlockingPool(name: "resolve", threads: 1).run {
            Publisher.Configuration.isWildcard(listen) ? AdvertisedAddress.doubt(host: FileSystem.hostName) : nil
        }
        guard let doubt else { return }
        configuration.logger.warning(
            "others may not reach the data: give the address that they can reach with --advertise",
            ["advertised": url, "reason": doubt])
    }

    /// How many files are published.
    public var datasetCount: Int { index.count }
    /// Files that wait to be read, or are being read.
    public var pendingCount: Int { workers.pendingCount }
    /// Whether the broker knows all that was announced.
    public var isAnnouncing: Bool { standing.snapshot.isConnected }

    private func watch() async {
        await watcher.run(
            deliver: { [workers] in workers.add($0) }, trust: { [workers] in workers.trust($0) },
            isPending: { [workers] in workers.isPending($0) },
            scanned: { [self] in
                guard !isScanned.isSet else { return }
                isScanned.set()
                firstScan.raise()
                configuration.logger.info(
                    "the folder was walked", ["folder": watcher.folder.root, "published": index.count])
            })
    }

    private static func group(_ configuration: Configuration) throws(PublisherError) -> GroupName {
        do {
            return try GroupName(configuration.group)
        } catch {
            throw PublisherError("the group's name \(error)")
        }
    }

    private static func folder(
        _ configuration: Configuration, _ group: GroupName, excluding excluded: [String], last: String?
    ) throws(PublisherError) -> PublishedFolder {
        do {
            return try PublishedFolder(
                configuration.folder, group: group, excluding: excluded, last: last,
                unpacking: configuration.caterva2Files)
        } catch {
            let hint = error.code == SystemError.notFound ? "; give a folder that exists" : ""
            throw PublisherError("the folder '\(configuration.folder)' cannot be published: \(error)\(hint)")
        }
    }
}

extension Publisher {
    public struct Configuration: Sendable {
        public var group: String
        public var folder: String
        /// The base of the broker's URLs.
        public var broker: String
        /// Port 0 takes any free one.
        public var listen: Endpoint
        /// The bases of URLs under which others reach the data, the best first; nil: derived from `listen`.
        public var advertise: [String]?
        /// The folder that keeps digests and identity; made if need be.
        public var state: String
        /// Walk the folder so often instead of counting on the kernel's notices.
        public var poll: Duration?
        /// By which readers tell groups apart.
        public var `class` = "public"
        /// How long a file that may have a writer must be quiet.
        public var settle = Duration.seconds(1)
        /// What large answers may hold in memory until they are sent.
        public var answerMemory: Int?
        /// How long what a writer that keeps its file open has written is held back; nil: sixty times `settle`.
        public var open: Duration?
        /// How long what was a frame and is not whole is waited for; a sixth for what never was one.
        public var frameLimit = Duration.seconds(30)
        /// Whether a file `X.b2` that is another file packed, as Caterva2 keeps files, is published as that file, `X`.
        public var caterva2Files = false
        public var logger = Logger("publisher")

        public init(group: String, folder: String, broker: String, listen: Endpoint, state: String) {
            self.group = group
            self.folder = folder
            self.broker = broker
            self.listen = listen
            self.state = state
        }
    }
}

extension Publisher.Configuration {
    var watching: FolderWatcher.Settings {
        var settings = FolderWatcher.Settings()
        settings.settle = settle
        settings.poll = poll
        settings.open = open ?? settle * 60
        return settings
    }

    /// Whether it stands for all addresses of this machine.
    static func isWildcard(_ host: String) -> Bool { ["0.0.0.0", "::", "*"].contains(host) }

    /// Where others find the data.
    func urls(listeningOn endpoint: Endpoint) -> [String] {
        if let advertise, !advertise.isEmpty { return advertise }
        return [
            Endpoint(host: Self.isWildcard(listen.host) ? FileSystem.hostName : listen.host, port: endpoint.port).url
        ]
    }
}

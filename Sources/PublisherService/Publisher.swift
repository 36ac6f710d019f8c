internal import Catalogue
internal import HTTP
internal import Metrics
public import Platform
internal import Synchronization
internal import Wire

/// A publisher: makes the files of a folder the datasets of a group, announces them, and serves their bytes.
public final class Publisher: Sendable {
    /// Where it listens, with the port that was bound.
    public var endpoint: Endpoint { server.endpoint }
    public let statistics = Statistics()

    private let configuration: Configuration
    private let state: PublisherState
    private let files: PublishedFiles
    private let watcher: FolderWatcher
    private let workers: VersionWorkers
    private let announcer: Announcer
    private let standing = BrokerStanding()
    private let server: HTTPServer

    /// Opens state and folder, and listens; ``run()`` watches, announces and serves.
    ///
    /// - Throws: an error whose description is one line that says what would mend it.
    public init(_ configuration: Configuration) async throws {
        let plan = try DescriptorPlan.checked()
        self.configuration = configuration
        let group = try Self.group(configuration)
        let statistics = statistics, standing = standing
        let (state, files) = try await BlockingPool(name: "publisher-open", threads: 1).run {
            try Self.open(configuration, group)
        }
        self.state = state
        self.files = files
        watcher = FolderWatcher(files, configuration.watching)
        workers = VersionWorkers(FileReader(files, statistics))
        let versions = PublishedVersions(
            files: VersionFiles(files), store: state.store, statistics: statistics,
            pool: BlockingPool(name: "serving", threads: 4))
        let metrics = PublisherMetrics(
            files: files, statistics: statistics, standing: standing, server: ServerStatistics())
        let plane = GroupRoutes(
            group: group, versions: versions, isReady: { files.isWalked },
            metrics: MetricsPage("publisher") { metrics.families }, logger: configuration.logger)
        var settings = HTTPServer.Configuration(listen: configuration.listen)
        settings.headers = ProtocolHeader.common
        settings.answers = ByteBudget(total: configuration.answerMemory ?? ByteBudget.standardTotal)
        settings.connectionTotal = plan.connections
        // Each may have a file open.
        settings.connectionLimit = min(settings.connectionLimit, (plan.connections + plan.files) / 2)
        let routes = plane.routes
        server = try HTTPServer(settings, statistics: metrics.server) { await routes.answer($0) }
        let claim = Claim(
            secret: state.identity.secret, urls: configuration.urls(listeningOn: server.endpoint),
            class: configuration.class, instance: state.instance)
        let (broker, forClient) = HTTPClient.Configuration.talking(to: configuration.broker)
        let link = BrokerLink(
            client: HTTPClient(forClient, within: plan), broker: broker, group: group, claim: claim)
        announcer = Announcer(
            link: link, store: state.store, files: files, standing: standing, logger: configuration.logger)
    }

    /// Opens the folder, what the state knows of it, and the way in which changes are heard of. Blocks.
    private static func open(
        _ configuration: Configuration, _ group: GroupName
    ) throws -> (PublisherState, PublishedFiles) {
        // The folder first: a wrong name shall leave no state behind.
        let hasState = FileSystem.exists("\(configuration.state)/secret")
        var last = hasState ? try FileSystem.absolutePath(configuration.folder) : nil
        _ = try folder(configuration, group, excluding: [], last: last)
        let state = try PublisherState(configuration.state, group: group)
        let before = try state.store.root()
        if hasState { last = before ?? last }
        let folder = try folder(configuration, group, excluding: [state.realPath], last: last)
        let reports = Reports(configuration.logger)
        let files = try PublishedFiles(
            folder, store: state.store, events: FolderEvents(isPolling: configuration.poll != nil, reports),
            places: FolderPlaces(known: try state.store.places(), isMoved: before.map { $0 != folder.root } ?? false),
            frameLimit: configuration.frameLimit, reports: reports)
        return (state, files)
    }

    /// Works until the task is cancelled; then finishes what is being answered, and gives the group back.
    public func run() async throws {
        let logger = configuration.logger
        logger.info("started", ["listen": endpoint, "folder": files.folder.root, "group": configuration.group])
        // Beside all else, and not waited for at the end: a name's resolution may take long, and nothing depends on it.
        let warning = Task { await warnOfAddresses() }
        defer { warning.cancel() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.server.run(grace: .milliseconds(500)) }
            group.addTask { await self.workers.run() }
            group.addTask { await self.watcher.run() }
            group.addTask {
                // What is not known yet cannot be told from what is gone.
                await self.files.firstWalk.wait()
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
    public var datasetCount: Int { files.count }
    /// Files that wait to be read, or are being read.
    public var pendingCount: Int { files.pendingCount }
    /// Whether the broker knows all that was announced.
    public var isAnnouncing: Bool { standing.snapshot.isConnected }

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

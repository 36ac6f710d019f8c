internal import Glibc
public import Platform
internal import Synchronization

/// An HTTP/1.1 server with an `async` handler.
///
/// A thread accepts and hands each connection to one of libmicrohttpd's polling threads, or, when its first request is
/// for a feed, to the event loop of that ``Feed``.
public final class HTTPServer: Sendable {
    /// Starts on a polling thread and stays there until it first suspends: what computes or blocks must go to a
    /// `BlockingPool`.
    public typealias Handler = @Sendable (HTTPRequest) async -> HTTPResponse

    public struct Configuration: Sendable {
        /// A name, an IPv4 or an IPv6 address; port 0 takes any free one.
        public var listen: Endpoint
        /// Polling threads.
        public var threads = 2
        public var connectionLimit = 4096
        /// Connections of feeds among them; by default as many as the process has descriptors for.
        public var connectionTotal = DescriptorPlan.current.connections
        /// What a new connection has to say what it wants.
        public var firstRequestTimeout = Duration.seconds(10)
        /// After which a connection that neither sends nor receives is closed.
        public var idleTimeout = Duration.seconds(60)
        /// The same while an answer is being sent: its reader may rest, as long as nobody lacks what it holds.
        public var stallTimeout = Duration.seconds(3600)
        /// In which all of a request's head must come.
        public var headTimeout = Duration.seconds(20)
        /// What large answers may hold until they are sent.
        public var answers = ByteBudget(total: ByteBudget.standardTotal)
        /// Other budgets that answers hold something of.
        public var otherBudgets: [ByteBudget] = []
        /// What time-outs are measured by.
        public var clock: any SteadyClock = .system
        /// Longer uploads fail with ``HTTPError/Code/tooLarge`` when they are read.
        public var requestBodyLimit = 32 << 20
        /// Sent with every response, those of feeds and the server's own refusals included.
        public var headers: HTTPHeaders = [:]

        public init(listen: Endpoint) { self.listen = listen }
    }

    /// Where it listens, with the port that was bound.
    public var endpoint: Endpoint { listener.endpoint }

    private let core: ServerCore
    private let daemons: [MHDDaemon]
    private let feeds: [String: Feed]
    private let frontDoor: FrontDoor
    private let firstRequestTimeout: Duration
    private let hasRun = Atomic(false)
    private let listener: ListeningSocket
    private let pool = BlockingPool(name: "http-stop", threads: 1)

    /// Listens at once: clients that connect before ``run(grace:)`` wait for it.
    ///
    /// - Parameters:
    ///   - feeds: By path; a `GET` of such a path is served by the feed, all else by `handler`.
    ///   - statistics: Counts what is answered.
    /// - Throws: ``HTTPError/Code/cannotListen``, with the address and the reason.
    public init(
        _ configuration: Configuration, feeds: [String: Feed] = [:],
        statistics: ServerStatistics = ServerStatistics(), handler: @escaping Handler
    ) throws(HTTPError) {
        listener = try ListeningSocket(configuration.listen)
        frontDoor = try FrontDoor()
        firstRequestTimeout = configuration.firstRequestTimeout
        let core = try ServerCore(
            configuration, feeds: feeds, statistics: statistics, handler: handler)
        self.core = core
        let threads = max(1, configuration.threads)
        var daemons: [MHDDaemon] = []
        for _ in 0..<threads {
            let limit = (configuration.connectionLimit + threads - 1) / threads
            daemons.append(try MHDDaemon(configuration, connectionLimit: limit, core: core))
        }
        self.daemons = daemons
        self.feeds = feeds
        // So that watchers leave places for requests.
        let watchers = max(2, configuration.connectionTotal / 4 * 3) / max(1, feeds.count)
        for feed in feeds.values {
            try feed.start(sending: configuration.headers, counting: statistics, atMost: watchers)
        }
    }

    /// Serves until the task is cancelled; then stops accepting, lets what is in flight finish for `grace`, and stops
    /// everything.
    public func run(grace: Duration = .seconds(1)) async {
        precondition(!hasRun.exchange(true, ordering: .acquiringAndReleasing), "a server runs once")
        let roundRobin = RoundRobin(daemons)
        core.departures.open()
        let guests = FrontDoor.Guests(
            book: core.book, statistics: core.statistics, patience: firstRequestTimeout)
        frontDoor.open(listener, feedPaths: Set(feeds.keys), guests) { [feeds, book = core.book] client, path in
            if let path, let feed = feeds[path] {
                book.becomesWatcher(client)
                feed.adopt(client)
            } else {
                client.isHandedOn()
                roundRobin.next().add(client)
            }
        }
        await cancellation()
        // A task of its own: this one is cancelled, and what is in flight must be able to finish.
        await Task { await stop(grace) }.value
    }

    private func stop(_ grace: Duration) async {
        await frontDoor.close()
        core.beginStop()
        await withTaskGroup { group in
            for feed in feeds.values { group.addTask { await feed.stop(within: min(grace, .seconds(1))) } }
            await core.inFlight.waitUntilIdle(atMost: grace)
        }
        core.cancelAll()
        await core.inFlight.waitUntilIdle(atMost: .milliseconds(300))
        core.abortAll()
        // Joins the polling threads, so it must not be on the cooperative pool.
        await pool.run { [daemons] in for daemon in daemons { daemon.stop() } }
        await core.departures.close()
    }

    /// Returns when the task is cancelled.
    private func cancellation() async {
        let (never, continuation) = AsyncStream.makeStream(of: Never.self)
        for await _ in never {}
        continuation.finish()
    }
}

/// The polling threads in turn.
private final class RoundRobin: Sendable {
    private let daemons: [MHDDaemon]
    private let count = Atomic(0)

    init(_ daemons: [MHDDaemon]) { self.daemons = daemons }

    func next() -> MHDDaemon {
        let index = count.wrappingAdd(1, ordering: .relaxed).oldValue
        return daemons[abs(index % daemons.count)]
    }
}

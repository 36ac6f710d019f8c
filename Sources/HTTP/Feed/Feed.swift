public import Platform

/// One stream of entries that any number of clients watch over HTTP.
///
/// An entry is encoded once and shared by all watchers; a watcher is a socket, a position and a filter. The last
/// entries are in memory, and whoever is behind them catches up from the ``FeedSource``. A thread of its own serves
/// the watchers, from the start of the ``HTTPServer`` that it is given to until that stops.
public final class Feed: Sendable {
    public struct Configuration: Sendable {
        /// How often a watcher that has all entries gets a ``FeedSource/heartbeat()``.
        public var heartbeatInterval = Duration.seconds(3)
        /// Bytes of entries that are kept in memory.
        public var memoryLimit = 8 << 20
        /// After which a watcher that takes nothing of what waits for it is cut off.
        public var stallTimeout = Duration.seconds(30)
        /// What a watcher that is cut off has for its last lines.
        public var drainTimeout = Duration.seconds(5)
        public var watcherLimit = 20_000
        /// Bytes of pages, which each watcher has for itself, that may be on their way.
        public var pageLimit = 64 << 20

        public init() {}
    }

    private let context: Context

    /// - Important: `source` must not keep the feed alive.
    public init(
        source: any FeedSource, configuration: Configuration = Configuration(),
        statistics: FeedStatistics = FeedStatistics()
    ) {
        context = Context(source: source, configuration: configuration, statistics: statistics)
    }

    deinit { context.stop(by: .now) }

    /// Passes entries on, from any thread; positions grow.
    ///
    /// Whoever publishes an entry has made it part of what ``FeedSource/page(after:filter:)`` returns before.
    public func publish(_ entries: [FeedEntry]) { context.mailbox.publish(entries.map { FeedFrame($0) }) }

    /// Ends all streams with a last line, and forgets all entries: those that follow begin a new order of positions.
    public func restart(farewell: SharedBytes) { context.mailbox.restart(farewell: farewell) }

    /// Sends a ``FeedSource/heartbeat()`` now, for it says something else than the last one.
    public func beat() { context.mailbox.leave { $0.isBeatDue = true } }

    /// Clients that are watching now.
    public var watcherCount: Int { context.statistics.watchers }

    /// Starts the thread, unless it runs.
    ///
    /// - Parameters:
    ///   - headers: Sent with every response.
    ///   - requests: Counts the responses.
    ///   - limit: The watchers that the server has places for.
    func start(
        sending headers: HTTPHeaders, counting requests: ServerStatistics, atMost limit: Int
    ) throws(HTTPError) {
        let bell = try Doorbell()
        let poll = try EventPoll(bell)
        guard context.mailbox.connect(bell) else { return }
        context.threads.enter()
        startThread(name: "http-feed") { [context] in
            FeedLoop(context, poll, bell, headers, requests, atMost: limit).run()
            context.threads.leave()
        }
    }

    /// Takes a connection over that asks for this feed.
    ///
    /// - Parameter request: What it asks for; `nil` when that is still unread.
    func adopt(_ client: ServerConnection, _ request: (request: FeedRequest, isChunked: Bool)? = nil) {
        let arrival = FeedMailbox.Arrival(client: client, request: request)
        if context.mailbox.leave({ $0.arrivals.append(arrival) }) { return }
        client.close()
    }

    /// What a `GET` would be answered with, without its body.
    func head(_ request: HTTPRequest) async -> HTTPResponse {
        do throws(FeedRefusal) {
            let subscription = try await context.source.open(
                FeedRequest(path: request.path, query: request.query, headers: request.headers))
            var headers = FeedResponse.fields
            headers["Content-Type"] = subscription.contentType
            return HTTPResponse(headers: headers, body: .stream(length: nil) { _ in })
        } catch {
            return .refusal(error.status, error.detail)
        }
    }

    /// Ends all streams; returns when the thread is done.
    func stop(within limit: Duration) async {
        context.stop(by: .now + limit)
        await context.threads.waitUntilIdle(atMost: limit + .milliseconds(500))
    }

    /// What the feed and its thread share.
    final class Context: Sendable {
        let source: any FeedSource
        let configuration: Configuration
        let mailbox: FeedMailbox
        let statistics: FeedStatistics
        let threads = InFlight()

        init(source: any FeedSource, configuration: Configuration, statistics: FeedStatistics) {
            self.source = source
            self.configuration = configuration
            self.statistics = statistics
            mailbox = FeedMailbox(limit: configuration.memoryLimit)
        }

        func stop(by deadline: ContinuousClock.Instant) { mailbox.leave { $0.stopBy = deadline } }
    }
}

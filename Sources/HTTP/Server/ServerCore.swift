internal import Platform
internal import Synchronization

/// What the callbacks of libmicrohttpd see of the server.
final class ServerCore: Sendable {
    let handler: HTTPServer.Handler
    let statistics: ServerStatistics
    let requestBodyLimit: Int
    let stallSeconds: UInt32
    private let commonHeaders: HTTPHeaders
    /// Exchanges between the head of their request and the end of their response.
    let inFlight = InFlight()
    let departures: Departures
    let book: ConnectionBook
    let answers: ByteBudget
    let uploads = UploadBudget()

    let feeds: [String: Feed]
    private let stopping = Atomic(false)
    private let registry = Locked(Registry())

    private struct Registry {
        /// Exchanges whose handler did not answer at once: only these can need cancelling.
        var parked: [ObjectIdentifier: ServerExchange] = [:]
        var isAborted = false
    }

    init(
        _ configuration: HTTPServer.Configuration, feeds: [String: Feed], statistics: ServerStatistics,
        handler: @escaping HTTPServer.Handler
    ) throws(HTTPError) {
        departures = try Departures()
        answers = configuration.answers
        let total = configuration.connectionTotal
        var limits = ConnectionBook.Limits(connections: total, requests: min(total, configuration.connectionLimit))
        limits.head = configuration.headTimeout
        limits.idle = configuration.idleTimeout
        book = ConnectionBook(
            limits, budgets: [configuration.answers] + configuration.otherBudgets, statistics: statistics,
            clock: configuration.clock)
        self.handler = handler
        self.statistics = statistics
        self.feeds = feeds
        requestBodyLimit = configuration.requestBodyLimit
        stallSeconds = UInt32(clamping: max(1, configuration.stallTimeout.components.seconds))
        commonHeaders = configuration.headers
    }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        if request.isHead, let feed = feeds[request.path] { return await feed.head(request) }
        return await handler(request)
    }

    // MARK: Parked exchanges

    func park(_ exchange: ServerExchange) {
        let isTooLate = registry.withLock { registry in
            if !registry.isAborted { registry.parked[ObjectIdentifier(exchange)] = exchange }
            return registry.isAborted
        }
        if isTooLate { exchange.abort() }
    }

    func unpark(_ exchange: ServerExchange) {
        registry.withLock { _ = $0.parked.removeValue(forKey: ObjectIdentifier(exchange)) }
    }

    // MARK: Stopping

    /// From now on every response is the last of its connection.
    func beginStop() { stopping.store(true, ordering: .relaxed) }

    func cancelAll() {
        let exchanges = registry.withLock { Array($0.parked.values) }
        for exchange in exchanges { exchange.cancel() }
    }

    /// Afterwards no connection is parked or will be, which libmicrohttpd requires before it is stopped.
    func abortAll() {
        let exchanges = registry.withLock { registry in
            registry.isAborted = true
            return Array(registry.parked.values)
        }
        for exchange in exchanges { exchange.abort() }
    }

    // MARK: Answers that are the server's own

    /// Adds the fields that every response carries.
    func complete(_ headers: inout HTTPHeaders, origin: String?) {
        let isLast = headers["Connection"] == "close" || stopping.load(ordering: .relaxed)
        // The connection and the framing of the body are the server's business.
        for name in ["Connection", "Content-Length", "Transfer-Encoding", "Keep-Alive"] { headers[name] = nil }
        for field in commonHeaders.fields { headers[field.name] = field.value }
        headers.append("Vary", "Origin")
        if origin != nil, headers["Access-Control-Allow-Origin"] == nil {
            headers["Access-Control-Allow-Origin"] = "*"
            headers["Access-Control-Expose-Headers"] = "*"
        }
        if isLast { headers["Connection"] = "close" }
    }

    /// The answer to a browser that asks whether it may ask.
    static func preflight(_ request: HTTPHeaders) -> HTTPResponse {
        var headers: HTTPHeaders = [
            "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
            "Access-Control-Allow-Headers": request["Access-Control-Request-Headers"] ?? "*",
            "Access-Control-Max-Age": "86400",
        ]
        // A page of the world outside that reads from a server of the network within.
        if request["Access-Control-Request-Private-Network"] != nil {
            headers["Access-Control-Allow-Private-Network"] = "true"
        }
        return HTTPResponse(headers: headers)
    }
}

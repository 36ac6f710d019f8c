public import Platform

/// Makes requests. One client serves the whole program: its connections are used again, and everything it offers may be
/// called from any number of tasks.
///
/// Every transfer has a thread of its own while it lasts, so callbacks may block. A task that is cancelled gets
/// ``HTTPError/Code/cancelled`` at once, and no callback runs after its call has returned.
public final class HTTPClient: Sendable {
    private let pool: TransferPool

    public init(_ configuration: Configuration = .init()) { pool = TransferPool(configuration) }

    /// With as many transfers and connections as the process has descriptors for.
    public convenience init(_ configuration: Configuration = .init(), within plan: DescriptorPlan) {
        var configuration = configuration
        configuration.maxConcurrent = plan.transfers
        configuration.keptConnections = plan.keptConnections
        self.init(configuration)
    }

    deinit { pool.close() }

    /// The whole answer in memory, whatever its status.
    ///
    /// - Throws: ``HTTPError/Code/tooLarge`` when the body is longer than `limit` bytes; the transfer is stopped.
    public func send(_ request: Request, limit: Int = 16 << 20) async throws(HTTPError) -> Response {
        let outcome = await pool.perform(transfer(request, .message) { CollectingSink(request, limit: limit) })
        switch outcome {
        case .success(let response): return response
        case .failure(let error as HTTPError): throw error
        case .failure(let error): throw HTTPError(.system, "\(request.name): \(error)")
        }
    }

    /// Streams the answer, whatever its status.
    ///
    /// - Parameters:
    ///   - onHead: called once, before any byte of the body.
    ///   - onBytes: called for each piece of the body, of some 16 KiB, in order.
    /// - Throws: what a callback throws, which stops the transfer, or an ``HTTPError``.
    /// - Important: callbacks run on the transfer's thread. They may block; the sender is then slowed down.
    public func receive(
        _ request: Request, onHead: @Sendable @escaping (Head) throws -> Void,
        onBytes: @Sendable @escaping (RawSpan) throws -> Void
    ) async throws -> Head {
        let transfer = self.transfer(request, .bulk) { ForwardingSink(onHead: onHead, onBytes: onBytes) }
        return try await pool.perform(transfer).get().head
    }

    /// Follows a long-lived answer line by line (NDJSON, server-sent events), whatever its status; returns when the
    /// server ends it properly.
    ///
    /// Each call has its own thread and connection, beside those of short requests.
    ///
    /// - Parameters:
    ///   - onHead: called once, as soon as the head is there; it is the place to refuse a status.
    ///   - onLine: called for each line, in order, without its line end (`\n` or `\r\n`).
    /// - Throws: what a callback throws; ``HTTPError/Code/peerClosed`` when the answer was cut,
    ///   ``HTTPError/Code/timeout`` when nothing came for the request's `idleTimeout`, ``HTTPError/Code/tooLarge`` when
    ///   a line is longer than `lineLimit`.
    public func lines(
        _ request: Request, lineLimit: Int = 4 << 20, onHead: @Sendable @escaping (Head) throws -> Void,
        onLine: @Sendable @escaping (RawSpan) throws -> Void
    ) async throws {
        var question = request
        question.idleTimeout = request.idleTimeout ?? pool.configuration.idleTimeout
        let request = question
        let transfer = self.transfer(request, .feed) {
            LineSink(request, limit: lineLimit, onHead: onHead, onLine: onLine)
        }
        _ = try await pool.perform(transfer).get()
    }

    private func transfer(
        _ request: Request, _ kind: Transfer.Kind, _ makeSink: @Sendable @escaping () -> any TransferSink
    ) -> Transfer { Transfer(request, kind, pool.configuration, makeSink: makeSink) }
}

extension HTTPClient {
    public struct Configuration: Sendable {
        /// Transfers at a time; more wait for their turn. Feeds do not count.
        public var maxConcurrent: Int
        /// Connections that each thread keeps for its next transfer.
        public var keptConnections = 4
        /// How long a name and a connection may take.
        public var connectTimeout: Duration
        /// The ``Request/idleTimeout`` of requests that say none.
        public var idleTimeout: Duration
        /// How long an idle thread stays, with its connections.
        public var keepAlive: Duration
        public var userAgent: String
        /// Sent to one server, and to no other.
        public var login: Login?
        /// What all of these are measured by.
        public var clock: any SteadyClock

        public init(
            maxConcurrent: Int = 32, connectTimeout: Duration = .seconds(5), idleTimeout: Duration = .seconds(15),
            keepAlive: Duration = .seconds(30), userAgent: String = "bpubsub/0.1", clock: any SteadyClock = .system
        ) {
            precondition(maxConcurrent > 0, "a client makes at least one transfer at a time")
            self.maxConcurrent = maxConcurrent
            self.connectTimeout = connectTimeout
            self.idleTimeout = idleTimeout
            self.keepAlive = keepAlive
            self.userAgent = userAgent
            self.clock = clock
        }
    }

    public struct Request: Sendable {
        public var method: String
        /// `http` or `https`, its path and query encoded: see ``PercentEncoding``.
        public var url: String
        public var headers: HTTPHeaders
        public var body: SharedBytes?
        /// No byte in either direction for so long is ``HTTPError/Code/timeout``; the client's own when `nil`.
        public var idleTimeout: Duration?
        /// Fewer bytes of the body within that time are as bad as none.
        public var minimumProgress: Int
        /// The whole call, waiting for a free thread included.
        public var totalTimeout: Duration?
        /// Whether the server may send the body gzipped; it is unpacked on arrival, and the head then has neither
        /// `Content-Encoding` nor `Content-Length`.
        public var acceptsCompression: Bool
        /// What the times of this request are measured by; the client's own when `nil`.
        public var clock: (any SteadyClock)?

        public init(
            method: String = "GET", url: String, headers: HTTPHeaders = [:], body: SharedBytes? = nil,
            idleTimeout: Duration? = nil, minimumProgress: Int = 1, totalTimeout: Duration? = nil,
            acceptsCompression: Bool = false, clock: (any SteadyClock)? = nil
        ) {
            self.method = method
            self.url = url
            self.headers = headers
            self.body = body
            self.idleTimeout = idleTimeout
            self.minimumProgress = minimumProgress
            self.totalTimeout = totalTimeout
            self.acceptsCompression = acceptsCompression
            self.clock = clock
        }
    }

    /// Status and header fields of the final answer: nothing of redirects and interim answers.
    ///
    /// A redirect is followed, with method and body, where it stays at the server that was asked; another one is an error
    /// that says where to.
    public struct Head: Sendable, Hashable, CustomStringConvertible {
        public let status: Int
        public let headers: HTTPHeaders
        /// Whether the message says itself where it ends; otherwise the end of the connection is its end.
        let isFramed: Bool
        /// Through which it came.
        let proxy: EnvironmentProxy?

        /// The status in words for an error: with the proxy, which may be who answers.
        public var description: String {
            "status \(status)\(proxy.map { " (it was asked through the proxy \($0))" } ?? "")"
        }

        /// 200 to 299.
        public var isSuccess: Bool { (200..<300).contains(status) }
    }

    /// A whole answer.
    public struct Response: Sendable {
        public let head: Head
        public let body: [UInt8]

        public var status: Int { head.status }
        public var headers: HTTPHeaders { head.headers }
        public var isSuccess: Bool { head.isSuccess }
        /// The body as UTF-8 text.
        public var text: String { String(decoding: body, as: UTF8.self) }
    }
}

extension HTTPClient.Request {
    /// How errors call it: method and URL, without a password that the URL may contain.
    var name: String { "\(method) \(urlWithoutLogin)" }

    var urlWithoutLogin: String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let at = authority.lastIndex(of: "@") else { return url }
        return "\(url[..<scheme.upperBound])\(rest[rest.index(after: at)...])"
    }

    /// Whether sending it twice does what sending it once does.
    var isIdempotent: Bool { ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"].contains(method) }
}

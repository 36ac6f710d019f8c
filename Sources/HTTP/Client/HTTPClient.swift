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

/// Cuts the body into lines.
final class LineSink: TransferSink {
    private let request: HTTPClient.Request
    private let onHead: (HTTPClient.Head) throws -> Void
    private let onLine: (RawSpan) throws -> Void
    private var splitter: LineSplitter
    private var isFramed = true
    /// Since when there is the beginning of a line without its end.
    private var openSince: ContinuousClock.Instant?

    init(
        _ request: HTTPClient.Request, limit: Int, onHead: @escaping (HTTPClient.Head) throws -> Void,
        onLine: @escaping (RawSpan) throws -> Void
    ) {
        self.request = request
        self.onHead = onHead
        self.onLine = onLine
        splitter = LineSplitter(limit: limit)
    }

    func receive(_ head: HTTPClient.Head) throws {
        isFramed = head.isFramed
        try onHead(head)
    }

    func receive(_ bytes: RawSpan) throws {
        var ended = false
        let isWithinLimit = try splitter.split(bytes) { line in
            ended = true
            try onLine(line)
        }
        guard isWithinLimit else { throw tooLong }
        guard splitter.hasRest else { return openSince = nil }
        let now = ContinuousClock.now, idle = request.idleTimeout ?? HTTPClient.Configuration().idleTimeout
        if ended || openSince == nil { openSince = now }
        if let openSince, now - openSince > idle * 8 {
            throw HTTPError(.timeout, "\(request.name): a line has no end after \(idle * 8)")
        }
    }

    func finish() throws -> [UInt8] {
        // Where only the end of the connection ends the answer, half a line is the sign that it was cut.
        guard isFramed || !splitter.hasRest else {
            throw HTTPError(.peerClosed, "\(request.name): the connection ended within a line; ask again")
        }
        guard try splitter.takeRest(onLine) else { throw tooLong }
        return []
    }

    private var tooLong: HTTPError {
        HTTPError(.tooLarge, "\(request.name): a line is longer than \(splitter.limit) bytes")
    }
}

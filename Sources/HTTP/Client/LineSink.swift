/// Cuts the body into lines.
final class LineSink: TransferSink {
    private let request: HTTPClient.Request
    private let onHead: (HTTPClient.Head) throws -> Void
    private let onLine: (RawSpan) throws -> Void
    private var splitter: LineSplitter
    private var isFramed = true

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
        guard try splitter.split(bytes, onLine) else { throw tooLong }
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

/// Keeps the body in memory, up to a limit.
final class CollectingSink: TransferSink {
    private let request: HTTPClient.Request
    private let limit: Int
    private var body: [UInt8] = []

    init(_ request: HTTPClient.Request, limit: Int) {
        self.request = request
        self.limit = limit
    }

    func receive(_ head: HTTPClient.Head) throws {
        guard request.method != "HEAD", let length = head.headers["Content-Length"].flatMap({ Int($0) }) else { return }
        guard length <= limit else { throw tooLarge }
        // The server's word is no reason to reserve much.
        body.reserveCapacity(min(max(length, 0), 1 << 20))
    }

    func receive(_ bytes: RawSpan) throws {
        guard bytes.byteCount <= limit - body.count else { throw tooLarge }
        bytes.withUnsafeBytes { body.append(contentsOf: $0) }
    }

    func finish() -> [UInt8] { body }

    private var tooLarge: HTTPError {
        HTTPError(.tooLarge, "\(request.name): the answer is longer than the \(limit) bytes that fit here")
    }
}

/// The upload of a request: a sequence of pieces, read once by one reader.
public struct HTTPRequestBody: AsyncSequence, Sendable {
    public typealias Element = [UInt8]

    private enum Source {
        case memory([UInt8])
        case exchange(ServerExchange)
    }

    private let source: Source

    init(exchange: ServerExchange?) { source = exchange.map { .exchange($0) } ?? .memory([]) }

    /// A body that is in memory already.
    package init(_ bytes: [UInt8]) { source = .memory(bytes) }

    /// The whole body.
    ///
    /// Its memory is counted as it arrives, until the request is over.
    ///
    /// - Throws: ``HTTPError/Code/tooLarge`` beyond `limit` bytes, or beyond the server's own limit;
    ///   ``HTTPError/Code/busy`` when all uploads together take too much; ``HTTPError/Code/peerClosed``.
    public func collect(upTo limit: Int) async throws(HTTPError) -> [UInt8] {
        var all: [UInt8] = []
        var iterator = makeAsyncIterator()
        while let piece = try await iterator.next() {
            guard all.count + piece.count <= limit else { throw .tooLarge(limit) }
            if case .exchange(let exchange) = source, !exchange.keepsUpload(of: piece.count) {
                throw HTTPError(.busy, "too many uploads arrive at once: try again")
            }
            all += piece
        }
        return all
    }

    public func makeAsyncIterator() -> Iterator {
        switch source {
        case .memory(let bytes): Iterator(memory: bytes.isEmpty ? nil : bytes, exchange: nil)
        case .exchange(let exchange): Iterator(memory: nil, exchange: exchange)
        }
    }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate var memory: [UInt8]?
        fileprivate let exchange: ServerExchange?

        public mutating func next() async throws(HTTPError) -> [UInt8]? {
            if let exchange { return try await exchange.nextChunk() }
            return memory.take()
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(HTTPError) -> [UInt8]? {
            try await next()
        }
    }
}

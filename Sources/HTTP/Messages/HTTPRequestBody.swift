/// The upload of a request: a sequence of pieces, read once by one reader.
public struct HTTPRequestBody: AsyncSequence, Sendable {
    public typealias Element = [UInt8]

    private enum Source {
        case memory([UInt8])
        case upload(Upload)
    }

    /// An upload that arrives.
    struct Upload: Sendable {
        /// Its next piece, `nil` at its end.
        let next: @Sendable () async throws(HTTPError) -> [UInt8]?
        /// Counts bytes that are kept until the request is over; false when there is no room for them.
        let keeps: @Sendable (_ bytes: Int) -> Bool
    }

    private let source: Source

    init(_ upload: Upload) { source = .upload(upload) }

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
            if case .upload(let upload) = source, !upload.keeps(piece.count) {
                throw HTTPError(.busy, "too many uploads arrive at once: try again")
            }
            all += piece
        }
        return all
    }

    public func makeAsyncIterator() -> Iterator {
        switch source {
        case .memory(let bytes): Iterator(memory: bytes.isEmpty ? nil : bytes, upload: nil)
        case .upload(let upload): Iterator(memory: nil, upload: upload)
        }
    }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate var memory: [UInt8]?
        fileprivate let upload: Upload?

        public mutating func next() async throws(HTTPError) -> [UInt8]? {
            if let upload { return try await upload.next() }
            return memory.take()
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(HTTPError) -> [UInt8]? {
            try await next()
        }
    }
}

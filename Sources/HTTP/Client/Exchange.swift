internal import Platform

/// A transfer as its thread sees it: the context of libcurl's callbacks. Never leaves that thread.
final class Exchange {
    let transfer: Transfer
    private let sink: any TransferSink
    private var parser: HeadParser
    private var head: HTTPClient.Head?
    /// When enough bytes had come or gone to call it progress.
    private(set) var lastActivity = ContinuousClock.now
    /// Bytes that have come since then.
    private var progress = 0
    private var uploaded: Int64 = 0
    private var received = 0
    /// Since the request, or what was uploaded last of it.
    private var askedAt = ContinuousClock.now
    /// Why we stopped the transfer: a callback's error, or a limit.
    private(set) var failure: (any Error)?

    init(_ transfer: Transfer) {
        self.transfer = transfer
        sink = transfer.makeSink()
        parser = HeadParser(isDecoding: transfer.request.acceptsCompression)
    }

    /// Takes a header line; false stops the transfer.
    func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        attempt(line.count) {
            do {
                guard let head = try parser.take(line) else { return }
                try deliver(head)
            } catch HeadFault.tooLarge {
                throw error(.tooLarge, "the answer's header fields are longer than \(HeadParser.limit) bytes")
            } catch HeadFault.notHTTP {
                throw error(.badResponse, "the answer is not HTTP; is the port right?")
            }
        }
    }

    /// Takes a piece of the body; false stops the transfer.
    func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        attempt(bytes.count) {
            if let head = parser.takePending() { try deliver(head) }
            try sink.receive(bytes.bytes)
        }
    }

    /// Upload is activity, too.
    func note(uploaded count: Int64) {
        guard count != uploaded else { return }
        uploaded = count
        lastActivity = .now
        askedAt = .now
    }

    /// When this is over, however busily the server sends a byte now and then: a head has some time, and so has what is so short
    /// that it could be there by now. A feed may have little to say.
    var slownessDeadline: ContinuousClock.Instant? {
        let idle = transfer.request.idleTimeout
        if head == nil { return askedAt + idle * 4 }
        return transfer.kind == .feed ? nil : askedAt + idle * max(8, received / 256)
    }

    /// What the caller gets for a transfer that libcurl calls complete.
    func complete() -> Transfer.Outcome {
        Result {
            if let head = parser.takePending() { try deliver(head) }
            guard let head else {
                throw error(.peerClosed, "the connection ended before the answer's header fields did")
            }
            return HTTPClient.Response(head: head, body: try sink.finish())
        }
    }

    func error(_ code: HTTPError.Code, _ reason: String) -> HTTPError {
        HTTPError(code, "\(transfer.request.name): \(reason)")
    }

    private func deliver(_ head: HTTPClient.Head) throws {
        self.head = head
        try sink.receive(head)
    }

    private func attempt(_ count: Int, _ body: () throws -> Void) -> Bool {
        guard failure == nil, !transfer.cancelled.isSet else { return false }
        do {
            try body()
        } catch {
            failure = error
            return false
        }
        progress += count
        received += count
        if progress >= transfer.request.minimumProgress {
            progress = 0
            // Afterwards: time that a callback spends is not the server's silence.
            lastActivity = .now
        }
        return true
    }
}

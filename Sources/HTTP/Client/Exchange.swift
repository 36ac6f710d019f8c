internal import Platform

/// A transfer as its thread sees it: the context of libcurl's callbacks. Never leaves that thread.
final class Exchange {
    let transfer: Transfer
    let url: RequestURL
    private let sink: any TransferSink
    private var parser: HeadParser
    private var head: HTTPClient.Head?
    /// When enough bytes had come or gone to call it progress.
    private(set) var lastActivity: SteadyInstant
    /// Bytes that have come since then.
    private var progress = 0
    private var uploaded: Int64 = 0
    private var received = 0
    /// Since the request, or what was uploaded last of it.
    private var askedAt: SteadyInstant
    /// Why we stopped the transfer: a callback's error, or a limit.
    private(set) var failure: (any Error)?
    /// Where the answer sends the request instead; its body is nobody's.
    private(set) var redirect: RequestURL?
    private var discarded = 0

    /// What an answer that only sends elsewhere may have to say.
    private static let redirectLimit = 64 * 1024

    init(_ transfer: Transfer, _ url: RequestURL) {
        self.transfer = transfer
        self.url = url
        lastActivity = transfer.clock.now
        askedAt = lastActivity
        sink = transfer.makeSink()
        parser = HeadParser(isDecoding: transfer.request.acceptsCompression, proxy: url.proxy)
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
            } catch HeadFault.severalLengths {
                throw error(.badResponse, "the answer says two different lengths of itself")
            }
        }
    }

    /// Takes a piece of the body; false stops the transfer.
    func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        attempt(bytes.count) {
            guard redirect == nil else { return try discard(bytes.count) }
            try sink.receive(bytes.bytes)
        }
    }

    /// Upload is activity, too.
    func note(uploaded count: Int64) {
        guard count != uploaded else { return }
        uploaded = count
        lastActivity = transfer.clock.now
        askedAt = transfer.clock.now
    }

    /// When this is over, however busily the server sends a byte now and then: a head has some time, and so has what is so short
    /// that it could be there by now. A feed may have little to say.
    var slownessDeadline: SteadyInstant? {
        let idle = transfer.idleTimeout
        if head == nil { return askedAt + idle * 4 }
        return transfer.kind == .feed ? nil : askedAt + idle * max(8, received / 256)
    }

    /// What the caller gets for a transfer that libcurl calls complete.
    func complete() -> Transfer.Outcome {
        Result {
            guard let head else {
                throw error(.peerClosed, "the connection ended before the answer's header fields did")
            }
            return HTTPClient.Response(head: head, body: redirect == nil ? try sink.finish() : [])
        }
    }

    func error(_ code: HTTPError.Code, _ reason: String) -> HTTPError {
        HTTPError(code, "\(transfer.request.name): \(reason)")
    }

    private func deliver(_ head: HTTPClient.Head) throws {
        self.head = head
        if head.status == 401 || head.status == 407 { throw accessDenied(head) }
        redirect = try Redirect.target(of: head, transfer.request, at: url)
        if redirect == nil { try sink.receive(head) }
    }

    /// None of our services asks for a name and a password: it is one before them that does.
    private func accessDenied(_ head: HTTPClient.Head) -> HTTPError {
        let reason =
            if head.status == 407 {
                "the proxy\(url.proxy.map { " \($0)" } ?? "") asks for a name and a password (status 407): give them "
                    + "in the proxy's address, as http://NAME:PASSWORD@HOST:PORT"
            } else if url.isSentLogin {
                "the name and the password in its address are not accepted (status 401)"
            } else {
                "it asks for a name and a password (status 401): give them in its address, as "
                    + "\(url.origin.scheme)://NAME:PASSWORD@\(url.origin.authority)"
            }
        return error(.accessDenied, reason)
    }

    private func discard(_ count: Int) throws {
        discarded += count
        guard discarded <= Self.redirectLimit else {
            throw error(.badResponse, "an answer that sends elsewhere is longer than \(Self.redirectLimit) bytes")
        }
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
            lastActivity = transfer.clock.now
        }
        return true
    }
}

internal import CCurl
internal import Glibc
internal import Platform

/// One transfer at a time over libcurl, on the thread that calls it. Keeps its connections for the next one.
///
/// A multi handle with a single transfer in it, because only a multi handle can be woken from another thread.
final class Transport: Sendable {
    private enum Ending {
        case curl(CURLcode)
        case cancelled
        case silence
        case overtime
        case failed(CURLMcode)
    }

    /// libcurl asks for this once, before anything else.
    private static let isReady = ccurl_initialize() == CURLE_OK

    // Safe to share: `curl_multi_wakeup` may be called by anybody, the rest only by the one thread that uses the
    // transport; a caller of `wake` holds a reference, so neither is freed under it.
    nonisolated(unsafe) private let multi: UnsafeMutableRawPointer
    nonisolated(unsafe) private let easy: UnsafeMutableRawPointer
    nonisolated(unsafe) private let reason = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private let configuration: HTTPClient.Configuration

    private init?(_ configuration: HTTPClient.Configuration) {
        guard Self.isReady, let multi = curl_multi_init() else { return nil }
        guard let easy = curl_easy_init() else {
            curl_multi_cleanup(multi)
            return nil
        }
        self.multi = multi
        self.easy = easy
        self.configuration = configuration
        // Without a descriptor for it, waking would fail later, when it is too late to say so; and what it took must not be of
        // the last, which libcurl does not ask about.
        guard curl_multi_wakeup(multi) == CURLM_OK, !DescriptorPlan.areScarce else { return nil }
        _ = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, configuration.keptConnections)
        // A peer that goes away must not end the process; TLS has no flag for it.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_multi_cleanup(multi)
        reason.deallocate()
    }

    /// A transport for the calling thread.
    static func make(_ configuration: HTTPClient.Configuration) -> Result<Transport, any Error> {
        guard let transport = Transport(configuration) else {
            return .failure(HTTPError(.system, "no memory or no file descriptor for a connection"))
        }
        return .success(transport)
    }

    /// Ends the wait of the thread that uses the transport. From any thread.
    func wake() { curl_multi_wakeup(multi) }

    /// Waits until somebody wakes it.
    func wait(_ time: Duration) { curl_multi_poll(multi, nil, 0, Int32(time.wholeMilliseconds), nil) }

    /// Runs a transfer until its end.
    func perform(_ transfer: Transfer) -> Transfer.Outcome {
        guard transfer.begin(on: self) else { return .failure(HTTPError(.cancelled, "cancelled before it began")) }
        return Result { try RequestURL(checking: transfer.request) }.flatMap { perform(transfer, at: $0) }
    }

    /// libcurl could follow redirects, too, but it takes all header fields along, and makes a GET of a POST.
    private func perform(_ transfer: Transfer, at first: RequestURL) -> Transfer.Outcome {
        var url = first
        for _ in 0...Redirect.limit {
            url.isSentLogin = configuration.login?.origin == url.origin
            let exchange = Exchange(transfer, url)
            let outcome = perform(exchange, url)
            guard case .success = outcome, let next = exchange.redirect else { return outcome }
            url = next
        }
        return .failure(
            HTTPError(.badResponse, "\(transfer.request.name): sent elsewhere more than \(Redirect.limit) times"))
    }

    private func perform(_ exchange: Exchange, _ url: RequestURL) -> Transfer.Outcome {
        var options = EasyOptions(easy)
        let request = exchange.transfer.request
        reason[0] = 0
        options.set(CURLOPT_ERRORBUFFER, pointer: reason)
        options.set(CURLOPT_BUFFERSIZE, exchange.transfer.kind == .bulk ? 512 * 1024 : 64 * 1024)
        options.setConnection(configuration, url: url, isFresh: !request.isIdempotent)
        options.setMessage(request)
        options.setCallbacks(exchange)
        guard options.isValid else { return .failure(exchange.error(.outOfMemory, "no memory for the request")) }

        let code = curl_multi_add_handle(multi, easy)
        let ending = code == CURLM_OK ? drive(exchange) : .failed(code)
        curl_multi_remove_handle(multi, easy)
        // No callback after this: what libcurl has borrowed may go.
        extendLifetime(options)
        extendLifetime(exchange)
        return outcome(of: exchange, ending)
    }

    private func drive(_ exchange: Exchange) -> Ending {
        let request = exchange.transfer.request
        while true {
            if exchange.transfer.cancelled.isSet { return .cancelled }
            var running: Int32 = 0
            let code = curl_multi_perform(multi, &running)
            guard code == CURLM_OK else { return .failed(code) }
            if running == 0 { return finalMessage() }
            if request.body != nil { exchange.note(uploaded: uploadedBytes()) }

            let now = exchange.transfer.clock.now
            let idle = exchange.lastActivity + exchange.transfer.idleTimeout
            let silence = exchange.slownessDeadline.map { min($0, idle) } ?? idle
            guard now < silence else { return .silence }
            if let deadline = exchange.transfer.deadline, now >= deadline { return .overtime }
            let end = exchange.transfer.deadline.map { min($0, silence) } ?? silence
            // One more, for what rounding took.
            curl_multi_poll(multi, nil, 0, Int32((end - now).wholeMilliseconds) + 1, nil)
        }
    }

    private func finalMessage() -> Ending {
        var left: Int32 = 0
        guard let message = curl_multi_info_read(multi, &left) else { return .failed(CURLM_INTERNAL_ERROR) }
        return .curl(ccurl_result(message))
    }

    private func uploadedBytes() -> Int64 {
        var count: curl_off_t = 0
        _ = ccurl_get_large(easy, CURLINFO_SIZE_UPLOAD_T, &count)
        return Int64(count)
    }

    private func outcome(of exchange: Exchange, _ ending: Ending) -> Transfer.Outcome {
        if let failure = exchange.failure { return .failure(failure) }
        let request = exchange.transfer.request
        switch ending {
        case .curl(CURLE_OK): return exchange.complete()
        case .curl where exchange.transfer.cancelled.isSet, .cancelled:
            return .failure(exchange.error(.cancelled, "cancelled"))
        case .curl(let code):
            let text = String(cString: reason)
            return .failure(HTTPError(code, reason: text, of: request, configuration, exchange.url.proxy))
        case .silence:
            return .failure(exchange.error(.timeout, "nothing came for \(exchange.transfer.idleTimeout)"))
        case .overtime:
            let limit = request.totalTimeout ?? .zero
            return .failure(exchange.error(.timeout, "not finished within \(limit)"))
        case .failed(let code):
            return .failure(exchange.error(.system, String(cString: curl_multi_strerror(code))))
        }
    }
}

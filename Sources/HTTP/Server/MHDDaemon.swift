internal import CMicroHTTPD
internal import Glibc
internal import Platform
internal import Synchronization

/// One polling thread of libmicrohttpd, which serves the connections that it is given.
final class MHDDaemon: Sendable {
    // Safe to share: MHD_add_connection is thread-safe, and `stop` is called once, after the last connection came.
    nonisolated(unsafe) private let pointer: OpaquePointer
    private let isRunning = Atomic(true)
    // Keeps alive what the callbacks' context points to.
    private let core: ServerCore

    init(_ configuration: HTTPServer.Configuration, connectionLimit: Int, core: ServerCore) throws(HTTPError) {
        var native = cmhd_config(
            // The book counts them; one that the library closed by itself would stay in it.
            connection_limit: UInt32(clamping: connectionLimit * 2 + 1024),
            // The book ends those who ask for nothing, and those who rest when what they hold is needed.
            idle_timeout_seconds: core.stallSeconds,
            connection_memory: 32 * 1024)
        let daemon = cmhd_start(
            &native, accessHandler, requestCompleted, connectionNotice, requestLine,
            Unmanaged.passUnretained(core).toOpaque())
        guard let daemon else {
            throw HTTPError(.system, "cannot start a polling thread: \(String(cString: strerror(errno)))")
        }
        pointer = daemon
        self.core = core
    }

    /// Takes the connection over, also when there is no room for it: then it is closed.
    func add(_ client: ServerConnection) {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                if getpeername(client.socket, address, &length) != 0 { length = 0 }
                _ = MHD_add_connection(self.pointer, client.socket, address, length)
            }
        }
    }

    deinit { stop() }

    /// Ends all connections and joins the thread: blocks. Nothing may be parked, and no connection may come any more.
    func stop() {
        if isRunning.exchange(false, ordering: .acquiringAndReleasing) { MHD_stop_daemon(pointer) }
    }
}

// MARK: - Callbacks, on the polling thread

/// The URI logger: the only call that sees the target as it was sent. What it returns becomes the request's slot.
private let requestLine: cmhd_uri_callback = { context, uri, connection in
    Unmanaged<ServerCore>.fromOpaque(context!)._withUnsafeGuaranteedRef { core in
        let client = client(of: connection!, core)
        client.headBegins()
        return Unmanaged.passRetained(
            ServerExchange(connection!, core, client, rawTarget: String(cString: uri!))
        ).toOpaque()
    }
}

/// The connection as the book knows it.
private func client(of connection: OpaquePointer, _ core: ServerCore) -> ServerConnection {
    guard let context = cmhd_context(connection) else {
        return ServerConnection(cmhd_socket(connection), .unknown, in: core.book)
    }
    return Unmanaged<ServerConnection>.fromOpaque(context).takeUnretainedValue()
}

/// `MHD_NotifyConnectionCallback`: first and last of a connection, before its socket is closed.
private let connectionNotice:
    @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
        MHD_ConnectionNotificationCode
    ) -> Void = { context, connection, slot, code in
        // MHD_CONNECTION_NOTIFY_STARTED; the other one is 1.
        if code.rawValue == 0 {
            let client = Unmanaged<ServerCore>.fromOpaque(context!)._withUnsafeGuaranteedRef {
                $0.book.connection(of: cmhd_socket(connection!))
            }
            slot!.pointee = client.map { Unmanaged.passRetained($0).toOpaque() }
        } else if let known = slot!.pointee {
            slot!.pointee = nil
            Unmanaged<ServerConnection>.fromOpaque(known).takeRetainedValue().leave()
        }
    }

/// `MHD_AccessHandlerCallback`: once with the headers, once per piece of the upload, once at its end, and again after
/// every resume until a response is queued.
///
/// A response queued from the first call makes the library close the connection, so the first call answers only to
/// refuse an upload.
private let accessHandler:
    @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
        UnsafePointer<CChar>?, UnsafeMutablePointer<Int>?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> MHD_Result = { context, connection, _, method, version, upload, uploadSize, slot in
        let connection = connection!, uploadSize = uploadSize!
        guard let known = slot!.pointee else { return .NO }
        return Unmanaged<ServerExchange>.fromOpaque(known)._withUnsafeGuaranteedRef { exchange in
            switch exchange.stage {
            case .head:
                let head = RequestHead(of: connection, method: method!, version: version!)
                guard head.hasBody else {
                    exchange.stage = .awaitingSecondCall
                    return .YES
                }
                guard begin(exchange, head, context!) else { return .NO }
                return head.refusesEarly ? exchange.answerEarly() : .YES
            case .awaitingSecondCall:
                let head = RequestHead(of: connection, method: method!, version: version!)
                return begin(exchange, head, context!) ? exchange.turn() : .NO
            case .started:
                guard uploadSize.pointee > 0 else {
                    exchange.endOfUpload()
                    return exchange.turn()
                }
                let count = uploadSize.pointee
                uploadSize.pointee = 0
                return exchange.receive(UnsafeRawBufferPointer(start: upload, count: count))
            }
        }
    }

/// False when the connection is no longer the library's.
private func begin(_ exchange: ServerExchange, _ head: RequestHead, _ context: UnsafeMutableRawPointer) -> Bool {
    Unmanaged<ServerCore>.fromOpaque(context)._withUnsafeGuaranteedRef { core in
        var answer: HTTPResponse
        switch core.route(head, exchange) {
        case .handle(let request):
            exchange.start(request, declaredLength: head.declaredLength, hasUpload: head.hasBody)
            return true
        case .watch(let feed, let request):
            if exchange.handOver(to: feed, request, isChunked: head.isChunked) { return false }
            answer = .refusal(503, "there is no room for another connection of a feed: try again")
            answer.headers["Retry-After"] = "1"
        case .answer(let response): answer = response
        }
        core.complete(&answer.headers, origin: head.headers["Origin"])
        exchange.start(answering: answer, isHead: head.method == "HEAD")
        return true
    }
}

/// `MHD_RequestCompletedCallback`: the last time that the connection's pointer may be used.
private let requestCompleted:
    @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
        MHD_RequestTerminationCode
    ) -> Void = { _, _, slot, _ in
        guard let known = slot!.pointee else { return }
        slot!.pointee = nil
        Unmanaged<ServerExchange>.fromOpaque(known).takeRetainedValue().connectionClosed()
    }

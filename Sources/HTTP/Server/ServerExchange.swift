internal import CMicroHTTPD
internal import Glibc
internal import Platform
internal import Synchronization

/// One request and its response: where a polling thread and a handler's task meet.
///
/// Owned by the C connection from the request line until the completion callback (one manual retain), by the handler's
/// task, and by a streaming `MHD_Response`.
final class ServerExchange: Sendable {
    /// A connection of libmicrohttpd.
    ///
    /// `@unchecked Sendable`: away from its polling thread the pointer is passed to `MHD_resume_connection` alone, which
    /// is thread-safe, and only when `isSuspended` was true: a suspended connection is never freed.
    private struct Connection: @unchecked Sendable { let pointer: OpaquePointer }

    /// As it stands in the request line.
    let rawTarget: String
    private let connection: Connection
    private let core: ServerCore
    private let client: ServerConnection
    private let claim: AnswerClaim
    /// What has come of the upload holds it.
    private let uploadRoom = Locked<UploadBudget.Room?>(nil)
    private let state: Locked<ServerExchangeState>

    enum Stage { case head, awaitingSecondCall, started }
    // Safe: touched in the callbacks of one connection only, and those come from one polling thread.
    nonisolated(unsafe) var stage = Stage.head
    // Safe: written in `start`, read in `connectionClosed`, both callbacks of this connection on its one polling thread; the
    // thread that tells of departures does not touch it.
    nonisolated(unsafe) private var departure: UInt64?

    init(_ connection: OpaquePointer, _ core: ServerCore, _ client: ServerConnection, rawTarget: String) {
        self.client = client
        self.connection = Connection(pointer: connection)
        self.core = core
        self.rawTarget = rawTarget
        claim = AnswerClaim(of: core.answers)
        state = Locked(ServerExchangeState(uploadLimit: core.requestBodyLimit))
    }

    // MARK: On the polling thread

    /// Starts the handler. It stays on this thread until its first suspension, and often it is done by then.
    func start(_ request: HTTPRequest, declaredLength: Int64?, hasUpload: Bool) {
        stage = .started
        core.inFlight.enter()
        if hasUpload { client.uploadBegins() } else { client.answerBegins() }
        if let declaredLength { state.withLock { $0.announceUpload(declaredLength) } }
        let task = Task.immediate { await self.answer(request) }
        let parks = state.withLock { state in
            guard !state.isAnswered else { return false }
            state.task = task
            return true
        }
        guard parks else { return }
        core.park(self)
        // Who wants something changed, and goes, wants it still.
        guard request.method == "GET" || request.isHead else { return }
        departure = core.departures.watch(client) { [weak self] in self?.clientDeparted() }
    }

    /// The answer is for nobody.
    private func clientDeparted() { state.withLock { $0.depart() }?.cancel() }

    /// Answers without asking the handler.
    func start(answering response: HTTPResponse, isHead: Bool) {
        stage = .started
        core.inFlight.enter()
        core.statistics.note(response, isHead: isHead)
        _ = state.withLock { $0.publish(response, streaming: false) }
    }

    /// Hands the connection to a feed, which has an event loop of its own.
    ///
    /// The library closes its descriptor when it is told that the request failed, and says nothing to the peer: the feed
    /// goes on with another descriptor of the same connection. What the peer has sent behind the request is lost, and
    /// means nothing: the feed ends with its connection.
    ///
    /// - Returns: False when there is no room for it.
    func handOver(to feed: Feed, _ request: FeedRequest, isChunked: Bool) -> Bool {
        guard let watcher = client.doubled() else { return false }
        core.book.becomesWatcher(watcher)
        feed.adopt(watcher, (request, isChunked))
        return true
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> MHD_Result {
        let chunk = [UInt8](bytes)
        client.uploaded(chunk.count)
        // Suspending inside the lock: no other thread can see `isSuspended` before it is true in C as well.
        let action = state.withLock { state in
            let action = state.received(chunk)
            if case .suspend = action {
                client.uploadIsHeldUp(true)
                MHD_suspend_connection(connection.pointer)
            }
            return action
        }
        switch action {
        case .deliver(let waiter, let result): waiter.resume(returning: result)
        case .cut: return .NO
        case .proceed, .suspend: break
        }
        return .YES
    }

    func endOfUpload() {
        client.answerBegins()
        state.withLock { $0.endOfUpload() }?.resume(returning: .success(nil))
    }

    /// Answers when the handler is done, else parks the connection.
    func turn() -> MHD_Result {
        let action = state.withLock { state in
            let action = state.turn()
            if case .suspend = action { MHD_suspend_connection(connection.pointer) }
            return action
        }
        switch action {
        case .respond(let response): return queue(response)
        case .cut: return .NO
        case .suspend: return .YES
        }
    }

    /// Refuses an upload that has not begun, when the handler is done already.
    func answerEarly() -> MHD_Result { state.withLock { $0.isAnswered } ? turn() : .YES }

    private func queue(_ response: HTTPResponse) -> MHD_Result {
        do throws(HTTPError) {
            let native = try MHDResponse(response.body, of: self)
            for field in response.headers.fields { native.add(field.name, field.value) }
            let status = 200...599 ~= response.status ? response.status : 500
            guard client.sendingBegins(sending(response)) else { return .NO }
            return MHD_queue_response(connection.pointer, UInt32(status), native.pointer)
        } catch {
            return .NO  // Cuts the connection: an answer that cannot be built must not look like one.
        }
    }

    /// What the book may need to know of the answer.
    private func sending(_ response: HTTPResponse) -> ServerConnection.Answer? {
        let claim = claim.held
        if case .fixedFile(let file, let offset, let length) = response.body {
            return .init(claim: claim, file: (file, offset + length))
        }
        return claim.map { .init(claim: $0) }
    }

    /// Fills the send buffer of a streamed response.
    func fill(_ target: UnsafeMutableRawBufferPointer) -> Int {
        let (action, release) = state.withLock { state in
            let result = state.pull(limit: target.count)
            if case .suspend = result.action { MHD_suspend_connection(connection.pointer) }
            return result
        }
        release?.resume(returning: .success(()))
        switch action {
        case .piece(let piece, let offset, let count):
            noteSent(count)
            let part = UnsafeMutableRawBufferPointer(rebasing: target[..<count])
            return piece.fill(part, from: offset) ? count : fail(target)
        case .suspend: return 0
        case .end: return cmhd_end_of_stream
        case .fail: return fail(target)
        }
    }

    /// Bytes of a file or a stream are on their way.
    func noteSent(_ count: Int) { core.statistics.note(sent: count) }

    /// Resets the connection now; the byte that libmicrohttpd gets, and cannot send, tells it.
    ///
    /// A reset, because to a client of HTTP/1.0 any other end looks like the end of the body. Not the library's own
    /// way to report an error: it forgets a chunked response that ends so, with its connection open, until it times out.
    func fail(_ target: UnsafeMutableRawBufferPointer) -> Int {
        client.reset()
        target[0] = 0
        return 1
    }

    func connectionClosed() {
        let (reader, writer, task) = state.withLock { $0.closed() }
        reader?.resume(returning: .failure(.closed))
        writer?.resume(returning: .failure(.closed))
        if let departure { core.departures.forget(client, departure) }
        if let task {
            task.cancel()
            core.unpark(self)
        }
        client.requestEnds()
        if stage == .started { core.inFlight.leave() }
    }

    // MARK: On the handler's task

    private func answer(_ request: HTTPRequest) async {
        let start = ContinuousClock.now
        var response = await AnswerRoom.$exchange.withValue(self) { await core.answer(request) }
        if !request.isHead { response = await claim.take(response) }
        // Counted as what it is, not as a failure of ours; the number is the one that nginx has for it.
        if state.withLock({ $0.isDeparted }) { response = HTTPResponse(status: 499) }
        core.statistics.note(response, isHead: request.isHead, duration: .now - start)
        core.complete(&response.headers, origin: request.headers["Origin"])
        guard case .stream(_, let produce) = response.body, !request.isHead, ![204, 304].contains(response.status)
        else {
            // The library ends a body of unknown length also where there is none, and the next answer would begin with that.
            if request.isHead, case .stream(nil, _) = response.body { response.headers["Connection"] = "close" }
            // What has no body on the wire must not wait for somebody to read it.
            resume { $0.publish(response, streaming: false) }
            return
        }
        resume { $0.publish(response, streaming: true) }
        let end: Result<Void, HTTPError>
        do {
            try await produce(HTTPBodyWriter(put: self.write))
            end = .success(())
        } catch {
            end = .failure(error as? HTTPError ?? HTTPError(.system, "\(error)"))
        }
        resume { $0.finish(end) }
    }

    /// See ``AnswerRoom/reserve(_:)``.
    func reserve(_ bytes: Int) async throws(HTTPError) { try await claim.reserve(bytes) }

    /// The upload, for the handler.
    var upload: HTTPRequestBody { HTTPRequestBody(.init(next: nextChunk, keeps: keepsUpload(of:))) }

    /// Counts what has come of the upload until the request is over; false when there is no room for it.
    private func keepsUpload(of bytes: Int) -> Bool {
        let room = uploadRoom.withLock { room in
            let known = room ?? core.uploads.room(for: client.address)
            room = known
            return known
        }
        return room.grow(by: bytes)
    }

    private func nextChunk() async throws(HTTPError) -> [UInt8]? {
        if let result = readNow(nil) { return try result.get() }
        return try await withCheckedContinuation { (waiter: ServerExchangeState.ChunkWaiter) in
            if let result = readNow(waiter) { waiter.resume(returning: result) }
        }.get()
    }

    /// What can be read without waiting; `nil` means that `waiter` waits.
    private func readNow(_ waiter: ServerExchangeState.ChunkWaiter?) -> Result<[UInt8]?, HTTPError>? {
        state.withLock { state in
            switch state.nextChunk(waiter) {
            case .chunk(let chunk, let resume):
                if resume {
                    client.uploadIsHeldUp(false)
                    MHD_resume_connection(connection.pointer)
                }
                return .success(chunk)
            case .end(let result): return result
            case .wait: return nil
            }
        }
    }

    private func write(_ piece: OutboundPiece) async throws(HTTPError) {
        let action = state.withLock { state in
            let action = state.write(piece)
            if action.resume { MHD_resume_connection(connection.pointer) }
            return action.outcome
        }
        switch action {
        case .fail: throw .closed
        case .proceed: return
        case .wait: break
        }
        try await withCheckedContinuation { (waiter: ServerExchangeState.RoomWaiter) in
            if let now = state.withLock({ $0.waitForRoom(waiter) }) { waiter.resume(returning: now) }
        }.get()
    }

    // MARK: From anywhere

    func cancel() { state.withLock { $0.task }?.cancel() }

    /// Ends the exchange even when its handler does not.
    func abort() { resume { $0.abort() } }

    /// Resumes the connection when `event` says so. It does so under the lock: when the server stops, no resume may be
    /// on its way any more once ``abort()`` has been here.
    private func resume(_ event: (inout ServerExchangeState) -> Bool) {
        state.withLock { if event(&$0) { MHD_resume_connection(connection.pointer) } }
    }
}

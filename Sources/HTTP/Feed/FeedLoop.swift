internal import Platform

/// The event loop of a feed: everything in it belongs to one thread, which no source and no client can hold up.
final class FeedLoop {
    let context: Feed.Context
    private let poll: EventPoll
    private let bell: Doorbell
    let headers: HTTPHeaders
    let requests: ServerStatistics

    var ring: FeedRing
    var table = FeedTable()
    /// Watchers that could go on, but had their turn.
    var runnable: [UInt64] = []
    var calls = FeedCallQueue()
    private let watcherLimit: Int
    private let tick: Duration
    var nextTick: ContinuousClock.Instant
    private(set) var now = ContinuousClock.now
    private var stopBy: ContinuousClock.Instant?
    private var scratch = [UInt8](repeating: 0, count: FeedRequestHead.limit)

    private static let requestTimeout = Duration.seconds(10)
    private static let lingerTimeout = Duration.seconds(2)
    private static let stallInNeed = Duration.seconds(5)

    var configuration: Feed.Configuration { context.configuration }

    init(
        _ context: Feed.Context, _ poll: EventPoll, _ bell: Doorbell, _ headers: HTTPHeaders,
        _ requests: ServerStatistics, atMost limit: Int = .max
    ) {
        self.context = context
        self.poll = poll
        self.bell = bell
        self.headers = headers
        self.requests = requests
        watcherLimit = min(limit, context.configuration.watcherLimit)
        ring = FeedRing(limit: context.configuration.memoryLimit)
        let spans = [
            context.configuration.heartbeatInterval / 8, context.configuration.stallTimeout / 4,
            context.configuration.drainTimeout / 4, .milliseconds(500),
        ]
        tick = max(spans.min()!, .milliseconds(10))  // There are four.
        nextTick = .now
    }

    func run() {
        while !isDone { turn() }
        forEachWatcher { close($0) }
        for arrival in context.mailbox.close().arrivals { arrival.client.close() }
    }

    /// Also when some go meanwhile.
    func forEachWatcher(_ body: (FeedWatcher) -> Void) {
        for slot in 0..<table.capacity { if let watcher = table[slot: slot] { body(watcher) } }
    }

    private var isDone: Bool { stopBy.map { table.count == 0 || now >= $0 } ?? false }

    private func turn() {
        poll.wait(patience()) { event in
            if event.token == EventPoll.doorbell {
                bell.clear()
            } else if let watcher = table[event.token] {
                handle(event, of: watcher)
            }
        }
        now = .now
        takeMail()
        let turns = runnable
        runnable = []
        for token in turns { if let watcher = table[token] { pump(watcher) } }
        if now >= nextTick {
            nextTick = now + tick
            enforceDeadlines()
            sendHeartbeats()
            startCalls()
        }
    }

    /// Milliseconds that the loop may sleep.
    private func patience() -> Int32 {
        if !runnable.isEmpty { return 0 }
        if table.count == 0 { return -1 }
        let rest = (min(nextTick, stopBy ?? nextTick) - .now).components
        return Int32(max(0, rest.seconds * 1000 + rest.attoseconds / 1_000_000_000_000_000 + 1))
    }

    /// True when there were new entries.
    @discardableResult
    private func takeMail() -> Bool {
        let mail = context.mailbox.take()
        if let farewell = mail.restart { restart(farewell) }
        if let lost = mail.lostThrough { ring.lose(through: lost) }
        for frame in mail.frames { ring.append(frame) }
        for arrival in mail.arrivals { adopt(arrival) }
        for (token, answer) in mail.answers { take(answer, for: token) }
        let hasNews = !mail.frames.isEmpty || mail.lostThrough != nil || mail.restart != nil
        if hasNews { pumpAll() }
        if mail.isBeatDue {
            forEachWatcher { $0.nextHeartbeat = now }
            nextTick = now
        }
        if let deadline = mail.stopBy, stopBy == nil { stop(by: deadline) }
        return hasNews
    }

    // MARK: Connections

    private func adopt(_ arrival: FeedMailbox.Arrival) {
        let client = arrival.client
        // What a watcher has not read yet costs memory here too, so it must not be much. A host that vanished is noticed when it
        // should have acknowledged something, but never before its farewell.
        client.boundSending(
            bytes: 64 << 10, patience: configuration.stallTimeout + configuration.drainTimeout + .seconds(10))
        let watcher = table.insert { FeedWatcher(token: $0, client: client, deadline: now + Self.requestTimeout) }
        // Beyond its limit a feed still says that it is full, but not to everybody.
        guard stopBy == nil, table.count < watcherLimit + 256,
            poll.add(client, watcher.token, writing: true)
        else { return close(watcher) }
        if let (request, isChunked) = arrival.request { admit(watcher, request, isChunked: isChunked) }
    }

    private func admit(_ watcher: FeedWatcher, _ request: FeedRequest, isChunked: Bool) {
        guard table.admitted < watcherLimit || makePlace(for: watcher) else {
            return refuse(watcher, FeedRefusal(503, "\(watcherLimit) clients watch already; try later"))
        }
        watcher.outbox.isChunked = isChunked
        move(watcher, to: .opening)
        ask(.open(request), for: watcher)
    }

    func close(_ watcher: FeedWatcher) {
        watcher.task?.cancel()
        table.notePages(of: watcher, 0)
        move(watcher, to: .closed)
        table.remove(watcher)
    }

    func move(_ watcher: FeedWatcher, to phase: FeedWatcher.Phase) {
        table.move(watcher, to: phase)
        context.statistics.set(watchers: table.watching)
    }

    private func handle(_ event: EventPoll.Event, of watcher: FeedWatcher) {
        if event.isWritable { watcher.isBlocked = false }
        switch watcher.phase {
        case .asking: if event.isReadable { readHead(of: watcher) }
        case .opening: if event.isHangUp { close(watcher) }
        case .watching: if event.isHangUp { close(watcher) } else if event.isWritable { pump(watcher) }
        case .ending: if event.isBroken { close(watcher) } else if event.isWritable { finish(watcher) }
        case .lingering: if event.isReadable { discardInput(of: watcher) }
        case .closed: break
        }
    }

    private func readHead(of watcher: FeedWatcher) {
        guard case .asking(var head) = watcher.phase else { return }
        let known = head.count
        switch watcher.client.receive(&scratch) {
        case .bytes(let count): head += scratch[..<count]
        case .nothing: return
        case .end: return close(watcher)
        }
        switch FeedRequestHead.parse(head, known: known) {
        case .incomplete: move(watcher, to: .asking(head))
        case .refusal(let refusal): refuse(watcher, refusal)
        case .request(let request, let isChunked): admit(watcher, request, isChunked: isChunked)
        }
    }

    private func makePlace(for watcher: FeedWatcher) -> Bool {
        guard let last = table.oneTooMany(for: watcher) else { return false }
        cutOff(last)
        return true
    }

    /// As many pages are on their way as may be: the source is asked for more when some have arrived.
    var isShortOfPages: Bool { table.pageBytes >= configuration.pageLimit }

    private func discardInput(of watcher: FeedWatcher) {
        for _ in 0..<64 {
            switch watcher.client.receive(&scratch) {
            case .bytes: continue
            case .nothing: return
            case .end: return close(watcher)
            }
        }
        // Whoever sends that much after the end does not listen.
        close(watcher)
    }

    // MARK: Ending

    func refuse(_ watcher: FeedWatcher, _ refusal: FeedRefusal) {
        requests.note(status: refusal.status)
        watcher.outbox.append(FeedResponse.refusal(refusal, headers))
        end(watcher)
    }

    /// Ends the stream with a last line, after what is on its way.
    func dismiss(_ watcher: FeedWatcher, _ farewell: SharedBytes) {
        watcher.outbox.append(HTTPChunk(farewell, isLast: true))
        end(watcher)
    }

    private func end(_ watcher: FeedWatcher) {
        watcher.task?.cancel()
        move(watcher, to: .ending)
        watcher.deadline = now + configuration.drainTimeout
        finish(watcher)
    }

    private func finish(_ watcher: FeedWatcher) {
        guard flush(watcher) else { return }
        watcher.client.endSending()
        move(watcher, to: .lingering)
        watcher.deadline = now + Self.lingerTimeout
        discardInput(of: watcher)
        if stopBy != nil { close(watcher) }
    }

    private func enforceDeadlines() {
        // Whose pages others wait for has less time.
        let haste = isShortOfPages ? max(.zero, configuration.stallTimeout - Self.stallInNeed) : .zero
        forEachWatcher { watcher in
            let limit = now + (watcher.pageBytes > 0 && watcher.isWatching ? haste : .zero)
            guard watcher.hasDeadline, watcher.deadline <= limit else { return }
            if watcher.isWatching { cutOff(watcher) } else { close(watcher) }
        }
    }

    /// The watcher reads too slowly: it gets the rest of the line that it has begun, and a word where to go on.
    private func cutOff(_ watcher: FeedWatcher) {
        let position = watcher.outbox.keepOnlyWhatHasBegun()
        table.notePages(of: watcher, 0)
        dismiss(watcher, context.source.farewell(position: position))
    }

    private func restart(_ farewell: SharedBytes) {
        ring = FeedRing(limit: configuration.memoryLimit)
        forEachWatcher { watcher in
            guard watcher.isWatching else { return }
            _ = watcher.outbox.keepOnlyWhatHasBegun()
            dismiss(watcher, farewell)
        }
    }

    private func stop(by deadline: ContinuousClock.Instant) {
        stopBy = deadline
        forEachWatcher { watcher in
            switch watcher.phase {
            case .asking: close(watcher)
            case .opening: refuse(watcher, FeedRefusal(503, "the server is stopping"))
            case .watching:
                _ = watcher.outbox.keepOnlyWhatHasBegun()
                dismiss(watcher, SharedBytes(""))
            case .lingering: close(watcher)
            case .ending, .closed: break
            }
        }
    }

    // MARK: Heartbeats

    private func sendHeartbeats() {
        var due: [FeedWatcher] = []
        forEachWatcher { if $0.isDueForHeartbeat(ring, at: now) { due.append($0) } }
        guard !due.isEmpty, let heartbeat = currentHeartbeat() else { return }
        for watcher in due where watcher.isDueForHeartbeat(ring, at: now) {
            watcher.nextHeartbeat = now + configuration.heartbeatInterval
            watcher.outbox.append(heartbeat)
            watcher.deadline = now + configuration.stallTimeout
            pump(watcher)
        }
    }

    /// A heartbeat that speaks of no entry that is not in the ring, and of all that are; `nil` when entries come so fast
    /// that there is none: those show too that the line is alive.
    private func currentHeartbeat() -> HTTPChunk? {
        for _ in 0..<3 {
            let heartbeat = context.source.heartbeat()
            if !takeMail() { return HTTPChunk(heartbeat) }
        }
        return nil
    }
}

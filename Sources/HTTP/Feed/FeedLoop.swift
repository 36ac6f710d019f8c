internal import Glibc
internal import Platform
internal import Synchronization

/// The event loop of a feed: everything in it belongs to one thread, which no source and no client can hold up.
final class FeedLoop {
    let context: Feed.Context
    private let poll: EventPoll
    private let bell: Doorbell
    private let headers: HTTPHeaders
    private let requests: ServerStatistics

    var ring: FeedRing
    var table = FeedTable()
    /// Watchers that could go on, but had their turn.
    private var runnable: [UInt64] = []
    var calls = FeedCallQueue()
    private var watching = 0
    private var admitted = 0

    /// Bytes of pages that are on their way to watchers.
    private var pageBytes = 0
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
        for slot in 0..<table.capacity { if let watcher = table[slot: slot] { close(watcher) } }
        for arrival in context.mailbox.close().arrivals {
            arrival.client.leave()
            Glibc.close(arrival.client.socket)
        }
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
            for slot in 0..<table.capacity { table[slot: slot]?.nextHeartbeat = now }
            nextTick = now
        }
        if let deadline = mail.stopBy, stopBy == nil { stop(by: deadline) }
        return hasNews
    }

    // MARK: Connections

    private func adopt(_ arrival: FeedMailbox.Arrival) {
        let client = arrival.client
        configure(client.socket)
        let watcher = table.insert { FeedWatcher(token: $0, client: client, deadline: now + Self.requestTimeout) }
        // Beyond its limit a feed still says that it is full, but not to everybody.
        guard stopBy == nil, table.count < watcherLimit + 256,
            poll.add(client.socket, watcher.token, writing: true)
        else { return close(watcher) }
        if let (request, isChunked) = arrival.request { admit(watcher, request, isChunked: isChunked) }
    }

    private func admit(_ watcher: FeedWatcher, _ request: FeedRequest, isChunked: Bool) {
        guard admitted < watcherLimit || makePlace(for: watcher) else {
            return refuse(watcher, FeedRefusal(503, "\(watcherLimit) clients watch already; try later"))
        }
        watcher.outbox.isChunked = isChunked
        move(watcher, to: .opening)
        ask(.open(request), for: watcher)
    }

    private func configure(_ socket: Int32) {
        let size = socklen_t(MemoryLayout<Int32>.size)
        // What a watcher has not read yet costs memory here too, so it must not be much.
        var buffer: Int32 = 64 << 10
        setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &buffer, size)
        // A host that vanished is noticed when it should have acknowledged something, but never before its farewell.
        let patience = configuration.stallTimeout + configuration.drainTimeout + .seconds(10)
        var milliseconds = Int32(clamping: patience.components.seconds * 1000)
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds, size)
    }

    func close(_ watcher: FeedWatcher) {
        watcher.task?.cancel()
        notePages(of: watcher, 0)
        move(watcher, to: .closed)
        table.remove(watcher)
    }

    func move(_ watcher: FeedWatcher, to phase: FeedWatcher.Phase) {
        watching -= watcher.isWatching ? 1 : 0
        admitted -= watcher.countsAgainstLimit ? 1 : 0
        watcher.phase = phase
        watching += watcher.isWatching ? 1 : 0
        admitted += watcher.countsAgainstLimit ? 1 : 0
        context.statistics.set(watchers: watching)
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
        let count = recv(watcher.socket, &scratch, scratch.count, 0)
        guard count > 0 else {
            if count == 0 || (errno != EAGAIN && errno != EINTR) { close(watcher) }
            return
        }
        let known = head.count
        head += scratch[..<count]
        switch FeedRequestHead.parse(head, known: known) {
        case .incomplete: move(watcher, to: .asking(head))
        case .refusal(let refusal): refuse(watcher, refusal)
        case .request(let request, let isChunked): admit(watcher, request, isChunked: isChunked)
        }
    }

    /// Whoever has more watchers than everybody else, and than the one who asks would have, loses one: rather one that takes
    /// nothing.
    private func makePlace(for watcher: FeedWatcher) -> Bool {
        var byAddress: [PeerAddress: [FeedWatcher]] = [:]
        for slot in 0..<table.capacity {
            guard let other = table[slot: slot], other.isWatching else { continue }
            byAddress[other.client.address, default: []].append(other)
        }
        guard let most = byAddress.values.max(by: { $0.count < $1.count }),
            most.count > byAddress[watcher.client.address, default: []].count + 1,
            let last = most.first(where: { $0.isBlocked }) ?? most.last
        else { return false }
        cutOff(last)
        return true
    }

    /// Bytes of pages that wait for a watcher.
    func notePages(of watcher: FeedWatcher, _ bytes: Int) {
        pageBytes += bytes - watcher.pageBytes
        watcher.pageBytes = bytes
    }

    /// As many pages are on their way as may be: the source is asked for more when some have arrived.
    var isShortOfPages: Bool { pageBytes >= configuration.pageLimit }

    private func discardInput(of watcher: FeedWatcher) {
        for _ in 0..<64 {
            let count = recv(watcher.socket, &scratch, scratch.count, 0)
            if count < 0, errno == EAGAIN { return }
            if count <= 0 { return close(watcher) }
        }
        // Whoever sends that much after the end does not listen.
        close(watcher)
    }

    // MARK: Sending

    func watch(_ watcher: FeedWatcher, _ subscription: FeedSubscription) {
        requests.note(status: 200)
        move(watcher, to: .watching)
        watcher.position = subscription.position
        watcher.filter = subscription.filter
        watcher.nextHeartbeat = subscription.wantsHeartbeat ? now : now + configuration.heartbeatInterval
        if subscription.wantsHeartbeat { nextTick = now }
        watcher.outbox.append(
            FeedResponse.stream(subscription, headers, isChunked: watcher.outbox.isChunked),
            position: subscription.position)
        watcher.deadline = now + configuration.stallTimeout
        pump(watcher)
    }

    private func pumpAll() {
        for slot in 0..<table.capacity { if let watcher = table[slot: slot] { pump(watcher) } }
    }

    /// Sends what the watcher can take, and sees to it that more comes.
    func pump(_ watcher: FeedWatcher) {
        guard watcher.isWatching, !watcher.isBlocked else { return }
        for _ in 0..<8 {
            guard flush(watcher) else { return }
            if watcher.isCalling { return }
            if isBehindTheRing(watcher) { return askForPage(watcher) }
            guard fill(watcher) else { return }
        }
        runnable.append(watcher.token)
    }

    /// True when the outbox is empty, and the watcher still there.
    private func flush(_ watcher: FeedWatcher) -> Bool {
        while true {
            switch watcher.outbox.write(to: watcher.socket, counting: context.statistics) {
            case .all:
                if watcher.pageBytes > 0 { notePages(of: watcher, 0) }
                return true
            case .some: watcher.deadline = now + configuration.stallTimeout
            case .blocked:
                watcher.isBlocked = true
                return false
            case .failed:
                close(watcher)
                return false
            }
        }
    }

    private func isBehindTheRing(_ watcher: FeedWatcher) -> Bool {
        guard let base = ring.base else { return !watcher.isAtEndOfSource }
        return watcher.position < base
    }

    /// Puts the next entries into the empty outbox; false when there are none.
    private func fill(_ watcher: FeedWatcher) -> Bool {
        var seen = 0, taken = 0, bytes = 0
        var skipped: UInt64?
        ring.forEach(after: watcher.position) { frame in
            seen += 1
            watcher.position = frame.position
            if watcher.wants(frame) {
                watcher.outbox.append(frame.chunk, position: frame.position)
                taken += 1
                bytes += frame.chunk.bytes.count
                skipped = nil
            } else {
                skipped = frame.position
            }
            return taken < 64 && bytes < 256 << 10 && seen < 1024
        }
        if taken == 0, let skipped { watcher.outbox.append(SharedBytes(""), position: skipped) }
        if taken > 0 {
            watcher.deadline = now + configuration.stallTimeout
            context.statistics.note(entries: taken)
        }
        return seen > 0
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
        shutdown(watcher.socket, Int32(SHUT_WR))
        move(watcher, to: .lingering)
        watcher.deadline = now + Self.lingerTimeout
        discardInput(of: watcher)
        if stopBy != nil { close(watcher) }
    }

    private func enforceDeadlines() {
        // Whose pages others wait for has less time.
        let haste = isShortOfPages ? max(.zero, configuration.stallTimeout - Self.stallInNeed) : .zero
        for slot in 0..<table.capacity {
            guard let watcher = table[slot: slot], watcher.hasDeadline,
                watcher.deadline <= now + (watcher.pageBytes > 0 && watcher.isWatching ? haste : .zero)
            else { continue }
            if watcher.isWatching { cutOff(watcher) } else { close(watcher) }
        }
    }

    /// The watcher reads too slowly: it gets the rest of the line that it has begun, and a word where to go on.
    private func cutOff(_ watcher: FeedWatcher) {
        let position = watcher.outbox.keepOnlyWhatHasBegun()
        notePages(of: watcher, 0)
        dismiss(watcher, context.source.farewell(position: position))
    }

    private func restart(_ farewell: SharedBytes) {
        ring = FeedRing(limit: configuration.memoryLimit)
        for slot in 0..<table.capacity {
            guard let watcher = table[slot: slot], watcher.isWatching else { continue }
            _ = watcher.outbox.keepOnlyWhatHasBegun()
            dismiss(watcher, farewell)
        }
    }

    private func stop(by deadline: ContinuousClock.Instant) {
        stopBy = deadline
        for slot in 0..<table.capacity {
            guard let watcher = table[slot: slot] else { continue }
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
        let due = (0..<table.capacity).compactMap { table[slot: $0] }.filter { isDue($0) }
        guard !due.isEmpty, let heartbeat = currentHeartbeat() else { return }
        for watcher in due where isDue(watcher) {
            watcher.nextHeartbeat = now + configuration.heartbeatInterval
            watcher.outbox.append(heartbeat)
            watcher.deadline = now + configuration.stallTimeout
            pump(watcher)
        }
    }

    /// The watcher has all entries, and has had no heartbeat for long enough.
    private func isDue(_ watcher: FeedWatcher) -> Bool {
        watcher.isWatching && watcher.nextHeartbeat <= now && watcher.outbox.isEmpty && !watcher.isCalling
            && !isBehindTheRing(watcher) && watcher.position >= ring.last ?? 0
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

internal import CSystem
internal import Glibc
internal import Platform
internal import Synchronization

/// Accepts connections on a thread of its own, looks at how the first request of each begins, and hands the socket to
/// who serves that.
final class FrontDoor: Sendable {
    /// Owns the socket it is given; the bytes that were looked at are still in it.
    typealias Admit = @Sendable (_ client: ServerConnection, _ feedPath: String?) -> Void

    /// Who is let in.
    struct Guests: Sendable {
        let book: ConnectionBook
        let statistics: ServerStatistics
        /// How long a connection may take to say what it wants.
        let patience: Duration
    }

    private let bell: Doorbell
    private let poll: EventPoll
    private let stopping = Flag()
    private let threads = InFlight()

    init() throws(HTTPError) {
        bell = try Doorbell()
        poll = try EventPoll(bell)
    }

    /// Begins to accept.
    func open(_ listener: ListeningSocket, feedPaths: Set<String>, _ guests: Guests, admit: @escaping Admit) {
        threads.enter()
        startThread(name: "http-front") { [self] in
            let doorman = Doorman(poll, listener, FirstBytes(feedPaths: feedPaths), guests, admit)
            while !stopping.isSet { doorman.turn(bell) }
            doorman.closeAll()
            threads.leave()
        }
    }

    /// Stops accepting, and closes the connections that have not asked for anything yet.
    func close() async {
        stopping.set()
        bell.ring()
        await threads.waitUntilIdle(atMost: .seconds(1))
    }
}

/// What the thread of a ``FrontDoor`` keeps to itself.
private final class Doorman {
    private struct Newcomer {
        let client: ServerConnection
        let deadline: ContinuousClock.Instant
    }

    private static let listenerToken = UInt64.max - 1
    private static let lookInterval = Duration.seconds(1)

    private let poll: EventPoll
    private let listener: ListeningSocket
    private let firstBytes: FirstBytes
    private let guests: FrontDoor.Guests
    private let admit: FrontDoor.Admit
    /// Connections whose first bytes do not say yet what they want; the book bounds them.
    private var newcomers: [UInt64: Newcomer] = [:]
    private var nextToken: UInt64 = 0
    private var isAccepting = false
    private var peeked = [UInt8](repeating: 0, count: FirstBytes.limit)
    private var nextLook = ContinuousClock.now
    /// Given up when there is no descriptor left, so that who comes then can be told so.
    private var spare = Doorman.makeSpare()

    init(
        _ poll: EventPoll, _ listener: ListeningSocket, _ firstBytes: FirstBytes, _ guests: FrontDoor.Guests,
        _ admit: @escaping FrontDoor.Admit
    ) {
        self.poll = poll
        self.listener = listener
        self.firstBytes = firstBytes
        self.guests = guests
        self.admit = admit
    }

    deinit { if spare >= 0 { Glibc.close(spare) } }

    private static func makeSpare() -> Int32 { eventfd(0, Int32(EFD_CLOEXEC)) }

    func turn(_ bell: Doorbell) {
        if !isAccepting {
            isAccepting = listener.raws.indices.allSatisfy {
                poll.add(listener.raws[$0], Self.listenerToken - UInt64($0), edgeTriggered: false, writing: false)
            }
        }
        var mustPause = false
        poll.wait(interval()) { event in
            switch event.token {
            case EventPoll.doorbell: bell.clear()
            case Self.listenerToken - 1...Self.listenerToken:
                if !acceptSome(listener.raws[Int(Self.listenerToken - event.token)]) { mustPause = true }
            default: look(at: event.token)
            }
        }
        dropTheLate()
        lookAround()
        if mustPause { pause() }
    }

    /// Milliseconds until there may be something to do; for ever when nobody is there.
    private func interval() -> Int32 {
        let interval = newcomers.isEmpty ? Self.lookInterval : min(guests.patience / 4, Self.lookInterval)
        return guests.book.count == 0 ? -1 : Int32(interval / .milliseconds(1))
    }

    /// However much is going on at the door, the book is looked after.
    private func lookAround() {
        let now = ContinuousClock.now
        guard now >= nextLook else { return }
        nextLook = now + Self.lookInterval / 2
        guests.book.look()
    }

    func closeAll() {
        for newcomer in newcomers.values { newcomer.client.close() }
        newcomers.removeAll()
        listener.close()
    }

    /// False when nobody can be accepted for now.
    private func acceptSome(_ listener: Int32) -> Bool {
        for _ in 0..<64 {
            let socket = csystem_accept(listener)
            guard socket >= 0 else {
                if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) { return turnAwayWithSpare(listener) }
                return true
            }
            let isScarce = DescriptorPlan.isOfTheLast(socket)
            guard let client = guests.book.enter(socket, isScarce: isScarce) else {
                turnAway(socket)
                continue
            }
            if settle(client, isWatched: false) { continue }
            nextToken += 1
            newcomers[nextToken] = Newcomer(client: client, deadline: .now + guests.patience)
            if !poll.add(client, nextToken, writing: false) { drop(nextToken) }
        }
        return true
    }

    private func turnAway(_ socket: Int32) {
        guests.statistics.noteTurnedAway()
        ServerSocket.turnAway(socket)
    }

    /// Rather than leaving everybody in the queue: the one descriptor that is kept for this goes from one to the next.
    ///
    /// - Returns: false when that is not possible either.
    private func turnAwayWithSpare(_ listener: Int32) -> Bool {
        guard spare >= 0 else {
            spare = Self.makeSpare()
            return false
        }
        Glibc.close(spare)
        spare = -1
        let socket = csystem_accept(listener)
        if socket >= 0 { turnAway(socket) }
        spare = Self.makeSpare()
        return socket >= 0
    }

    /// Accepting would fail at once again: rest, so that some descriptors can be given back.
    private func pause() {
        for raw in listener.raws { poll.remove(raw) }
        isAccepting = false
        var rest = timespec(tv_sec: 0, tv_nsec: 50_000_000)
        nanosleep(&rest, nil)
    }

    private func look(at token: UInt64) {
        guard let newcomer = newcomers[token] else { return }
        if settle(newcomer.client, isWatched: true) { newcomers[token] = nil }
    }

    /// Hands the connection on, or closes it; false when more bytes must come first.
    private func settle(_ client: ServerConnection, isWatched: Bool) -> Bool {
        let verdict: FirstBytes.Verdict
        switch client.receive(&peeked, isPeeking: true) {
        case .bytes(let count): verdict = firstBytes.verdict(peeked.prefix(count))
        case .nothing: verdict = .undecided
        case .end:
            client.close()
            return true
        }
        if verdict == .undecided { return false }
        if isWatched { poll.remove(client) }
        if case .feed(let path) = verdict { admit(client, path) } else { admit(client, nil) }
        return true
    }

    private func dropTheLate() {
        guard !newcomers.isEmpty else { return }
        let now = ContinuousClock.now
        for (token, newcomer) in newcomers where newcomer.deadline < now { drop(token) }
    }

    private func drop(_ token: UInt64) {
        if let newcomer = newcomers.removeValue(forKey: token) { newcomer.client.close() }
    }
}

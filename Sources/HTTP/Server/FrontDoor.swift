internal import CSystem
internal import Glibc
internal import Platform
internal import Synchronization

/// Accepts connections on a thread of its own, looks at how the first request of each begins, and hands the socket to
/// who serves that.
final class FrontDoor: Sendable {
    /// Owns the socket it is given; the bytes that were looked at are still in it.
    typealias Admit = @Sendable (_ socket: Int32, _ feedPath: String?) -> Void

    private let bell: Doorbell
    private let poll: EventPoll
    private let stopping = Flag()
    private let threads = InFlight()

    init() throws(HTTPError) {
        bell = try Doorbell()
        poll = try EventPoll(bell)
    }

    /// Begins to accept.
    ///
    /// - Parameter patience: How long a connection may take to say what it wants.
    func open(_ listener: ListeningSocket, feedPaths: Set<String>, patience: Duration, admit: @escaping Admit) {
        threads.enter()
        startThread(name: "http-front") { [self] in
            let doorman = Doorman(poll, listener, FirstBytes(feedPaths: feedPaths), patience, admit)
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
        let socket: Int32
        let deadline: ContinuousClock.Instant
    }

    private static let newcomerLimit = 16_384
    private static let listenerToken = UInt64.max - 1

    private let poll: EventPoll
    private let listener: ListeningSocket
    private let firstBytes: FirstBytes
    private let patience: Duration
    private let admit: FrontDoor.Admit
    /// Connections whose first bytes do not say yet what they want.
    private var newcomers: [UInt64: Newcomer] = [:]
    private var nextToken: UInt64 = 0
    private var isAccepting = false
    private var peeked = [UInt8](repeating: 0, count: FirstBytes.limit)

    init(
        _ poll: EventPoll, _ listener: ListeningSocket, _ firstBytes: FirstBytes, _ patience: Duration,
        _ admit: @escaping FrontDoor.Admit
    ) {
        self.poll = poll
        self.listener = listener
        self.firstBytes = firstBytes
        self.patience = patience
        self.admit = admit
    }

    func turn(_ bell: Doorbell) {
        if !isAccepting {
            isAccepting = poll.add(listener.raw, Self.listenerToken, edgeTriggered: false, writing: false)
        }
        var mustPause = false
        poll.wait(newcomers.isEmpty ? -1 : Int32(min(patience / 4, .seconds(1)) / .milliseconds(1))) { event in
            switch event.token {
            case EventPoll.doorbell: bell.clear()
            case Self.listenerToken: mustPause = !acceptSome()
            default: look(at: event.token)
            }
        }
        dropTheLate()
        if mustPause { pause() }
    }

    func closeAll() {
        for newcomer in newcomers.values { close(newcomer.socket) }
        newcomers.removeAll()
        listener.close()
    }

    /// False when the process has no descriptor left.
    private func acceptSome() -> Bool {
        for _ in 0..<64 {
            let socket = csystem_accept(listener.raw)
            guard socket >= 0 else { return ![EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) }
            if settle(socket, isWatched: false) { continue }
            if newcomers.count >= Self.newcomerLimit, let oldest = newcomers.min(by: { $0.key < $1.key }) {
                drop(oldest.key)
            }
            nextToken += 1
            newcomers[nextToken] = Newcomer(socket: socket, deadline: .now + patience)
            if !poll.add(socket, nextToken, writing: false) { drop(nextToken) }
        }
        return true
    }

    /// Without descriptors, accepting would fail at once again: rest, so that some can be given back.
    private func pause() {
        poll.remove(listener.raw)
        isAccepting = false
        var rest = timespec(tv_sec: 0, tv_nsec: 50_000_000)
        nanosleep(&rest, nil)
    }

    private func look(at token: UInt64) {
        guard let newcomer = newcomers[token] else { return }
        if settle(newcomer.socket, isWatched: true) { newcomers[token] = nil }
    }

    /// Hands the socket on, or closes it; false when more bytes must come first.
    private func settle(_ socket: Int32, isWatched: Bool) -> Bool {
        let count = recv(socket, &peeked, peeked.count, Int32(MSG_PEEK))
        guard count > 0 else {
            if count < 0, errno == EAGAIN || errno == EINTR { return false }
            close(socket)
            return true
        }
        let verdict = firstBytes.verdict(peeked.prefix(count))
        if verdict == .undecided { return false }
        if isWatched { poll.remove(socket) }
        if case .feed(let path) = verdict { admit(socket, path) } else { admit(socket, nil) }
        return true
    }

    private func dropTheLate() {
        guard !newcomers.isEmpty else { return }
        let now = ContinuousClock.now
        for (token, newcomer) in newcomers where newcomer.deadline < now { drop(token) }
    }

    private func drop(_ token: UInt64) {
        if let newcomer = newcomers.removeValue(forKey: token) { close(newcomer.socket) }
    }
}

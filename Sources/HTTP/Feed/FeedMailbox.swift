internal import Platform
internal import Synchronization

/// What other threads leave for the loop of a feed.
final class FeedMailbox: Sendable {
    enum Answer: Sendable {
        case opened(Result<FeedSubscription, FeedRefusal>)
        case page(FeedPage)
    }

    /// A connection that is the feed's from now on.
    struct Arrival: Sendable {
        let client: ServerConnection
        /// What it asks for, where that has been read already.
        let request: (request: FeedRequest, isChunked: Bool)?
    }

    struct Mail {
        var arrivals: [Arrival] = []
        /// All that was published before the frames is void; with the last line of those who have it.
        var restart: SharedBytes?
        var frames: [FeedFrame] = []
        /// Entries up to here were published, and did not fit.
        var lostThrough: UInt64?
        var answers: [(token: UInt64, answer: Answer)] = []
        var stopBy: ContinuousClock.Instant?
        /// Every watcher that has all entries is to get a heartbeat now.
        var isBeatDue = false
        fileprivate var cost = 0
    }

    private struct State {
        var mail = Mail()
        var bell: Doorbell?
        var isRung = false
        var isClosed = false
    }

    private let limit: Int
    private let state = Locked(State())

    init(limit: Int) { self.limit = limit }

    /// From now on somebody listens. False when somebody did already.
    func connect(_ bell: Doorbell) -> Bool {
        let isFirst = state.withLock { state in
            guard state.bell == nil else { return false }
            state.bell = bell
            state.isRung = true
            return true
        }
        if isFirst { bell.ring() }
        return isFirst
    }

    /// False when nobody will ever take it.
    @discardableResult
    func leave(_ change: (inout Mail) -> Void) -> Bool {
        let (isOpen, bell) = state.withLock { state -> (Bool, Doorbell?) in
            guard !state.isClosed else { return (false, nil) }
            change(&state.mail)
            defer { state.isRung = state.bell != nil }
            return (true, state.isRung ? nil : state.bell)
        }
        bell?.ring()
        return isOpen
    }

    /// Bounded also when nobody takes them, or not fast enough.
    func publish(_ frames: [FeedFrame]) {
        leave { mail in
            mail.frames += frames
            mail.cost += frames.saturatingSum { $0.cost }
            guard mail.cost > limit else { return }
            var lost = 0
            while mail.cost > limit, lost < mail.frames.count {
                mail.cost -= mail.frames[lost].cost
                lost += 1
            }
            mail.lostThrough = mail.frames[lost - 1].position
            mail.frames.removeFirst(lost)
        }
    }

    func restart(farewell: SharedBytes) {
        leave { mail in
            mail.frames = []
            mail.cost = 0
            mail.lostThrough = nil
            mail.restart = farewell
        }
    }

    func take() -> Mail {
        state.withLock { state in
            defer {
                state.mail = Mail()
                state.isRung = false
            }
            return state.mail
        }
    }

    /// The loop ends. Returns what came too late for it.
    func close() -> Mail {
        state.withLock { state in
            state.isClosed = true
            defer { state.mail = Mail() }
            return state.mail
        }
    }
}

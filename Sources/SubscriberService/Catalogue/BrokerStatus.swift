import Platform
import Synchronization

/// How the subscriber stands with its broker: whether it is there, and for how long nobody knows whether there is anything
/// newer than what is here.
///
/// What is here is known to be current when the broker has shown by a bookmark that the copy is what it has, is not in doubt
/// itself, as a subscriber that has lost its own broker is, and has been heard of a short while ago.
final class BrokerStatus: Sendable {
    struct Snapshot: Sendable {
        fileprivate(set) var isConnected = false
        /// When `isConnected` last changed.
        fileprivate(set) var since: SteadyInstant
        /// When what is here was what there is, as far as anybody can tell: across restarts by the date.
        fileprivate(set) var known: SteadyInstant?
        /// The broker has shown that the copy is what it has, and that it is sure of that.
        fileprivate var isConfirmed = false
        fileprivate var heard: SteadyInstant?
        fileprivate var silence = BrokerStatus.silence
        /// When this was asked for.
        fileprivate(set) var now: SteadyInstant

        fileprivate init(_ now: SteadyInstant, known: SteadyInstant?) {
            since = now
            self.now = now
            self.known = known
        }

        /// Whether nobody knows if there is anything newer.
        var isInDoubt: Bool {
            guard isConnected, isConfirmed, let heard else { return true }
            return now - heard > silence
        }

        /// Seconds since what is here was known to be current; `nil` when it never was.
        var lag: Double? { known.map { max(0, (now - $0) / .seconds(1)) } }

        /// For how many seconds nobody has known whether there is anything newer; `nil` when that is known.
        var stale: Double? { isInDoubt ? lag ?? max(0, (now - since) / .seconds(1)) : nil }

        /// When `isConnected` last changed, in seconds since 1970 by today's reckoning.
        var sinceSeconds: Double { Timestamp.now.seconds - max(0, (now - since) / .seconds(1)) }
    }

    /// A broker that says nothing for so long may have something to say: two bookmarks are missing.
    static let silence = Duration.seconds(6)
    /// The feed is given up after this.
    static let longestSilence = Duration.seconds(10)
    /// Who knows for how long nothing was heard knows it better than that.
    private static let longestAge = 0x1p31

    let clock: any SteadyClock
    private let url: String
    private let state: Locked<Snapshot>
    private let news: Locked<LinkNews>
    private let observer = Locked<(@Sendable () -> Void)?>(nil)
    private let told: Locked<Told>
    private let lastBookmark = Locked<SteadyInstant?>(nil)

    /// What was told last. A broker whose bookmarks say now this and now that makes nobody busy with it.
    private struct Told: Sendable {
        static let limit = 10
        var isInDoubt = true
        var second: SteadyInstant
        /// How often it was told since.
        var count = 0

        /// - Returns: whether to tell it now; what is not told now is told later, if it is still so.
        mutating func tell(_ isInDoubt: Bool, _ now: SteadyInstant) -> Bool {
            guard isInDoubt != self.isInDoubt else { return false }
            if now - second >= .seconds(1) { (second, count) = (now, 0) }
            guard count < Self.limit else { return false }
            count += 1
            self.isInDoubt = isInDoubt
            return true
        }
    }

    /// - Parameter age: seconds since what is here was known to be current, when that is known from the last run.
    init(url: String, clock: any SteadyClock, age: Double?) {
        self.url = url
        self.clock = clock
        let now = clock.now
        state = Locked(Snapshot(now, known: age.map { Self.moment($0, before: now) }))
        news = Locked(LinkNews())
        told = Locked(Told(second: now))
    }

    var snapshot: Snapshot {
        let now = clock.now
        return state.withLock { state in
            var snapshot = state
            snapshot.now = max(now, state.heard ?? now)
            return snapshot
        }
    }

    /// Called whenever the connection has come or gone, or doubt has; it must not block.
    func observe(_ observer: (@Sendable () -> Void)?) { self.observer.withLock { $0 = observer } }

    // MARK: What has happened

    /// Something has come: all that was said before it is here.
    func heard() {
        let now = clock.now
        state.withLock { state in
            state.heard = now
            if state.isConfirmed { state.known = now }
        }
    }

    /// The copy is what the broker has.
    ///
    /// - Parameter stale: for how many seconds the broker itself has not known whether there is anything newer.
    func agreed(stale: Double?) {
        let now = clock.now
        let last = lastBookmark.withLock { last in
            defer { last = now }
            return last
        }
        state.withLock { state in
            state.heard = now
            state.isConfirmed = stale == nil
            state.known = stale.map { Self.moment($0, before: now) } ?? now
            // A broker may send its bookmarks less often than others do.
            if let last { state.silence = min(max(Self.silence, (now - last) * 2), Self.longestSilence) }
        }
        tell()
    }

    /// The broker is there, and does not know itself what exists.
    func unsure() {
        state.withLock { $0.isConfirmed = false }
        tell()
    }

    func connected(_ log: Logger) {
        set(true)
        if news.withLock({ $0.came(clock.now) }) { log.info("connected to the broker", ["url": url]) }
    }

    /// - Returns: whether the connection had stood for some time.
    @discardableResult func failed(_ reason: String, _ log: Logger) -> Bool {
        let (isNews, hadStood) = news.withLock { $0.went(clock.now) }
        set(false)
        if isNews {
            log.warning("no connection to the broker; serving what is held, and trying again", ["reason": reason])
        } else {
            log.debug("no connection to the broker", ["reason": reason])
        }
        return hadStood
    }

    private func set(_ connected: Bool) {
        let now = clock.now
        lastBookmark.withLock { $0 = nil }
        let changed = state.withLock { state in
            let changed = state.isConnected != connected
            state.isConnected = connected
            state.isConfirmed = false
            if changed { state.since = now }
            if connected { state.heard = now }
            return changed
        }
        tell(changed)
    }

    /// Tells of doubt that comes with silence, until the task is cancelled.
    func run() async {
        while (try? await clock.sleep(for: .seconds(1))) != nil { tell() }
    }

    private func tell(_ isNews: Bool = false) {
        let snapshot = snapshot
        let isTurn = told.withLock { $0.tell(snapshot.isInDoubt, snapshot.now) }
        if isNews || isTurn { observer.withLock { $0 }?() }
    }

    /// Ages come from other programs, and from the date: they are never negative, and at most some 70 years.
    private static func moment(_ age: Double, before now: SteadyInstant) -> SteadyInstant {
        now.advanced(by: .seconds(-max(0, min(age, longestAge))))
    }
}

internal import Platform

/// One connection of a feed. It belongs to the loop's thread, and costs little while nothing happens.
final class FeedWatcher {
    enum Phase {
        /// Has sent this much of its request.
        case asking([UInt8])
        /// The source is being asked whether it may watch.
        case opening
        case watching
        /// What is in the outbox is the last.
        case ending
        /// All is sent; waits for the client to close, so that unread input does not destroy what it has not read yet.
        case lingering
        case closed
    }

    let token: UInt64
    let client: ServerConnection
    /// Changed by ``FeedTable/move(_:to:)`` only, which counts.
    var phase = Phase.asking([])
    var outbox = FeedOutbox()
    /// The position of the last entry that it has, or that is on its way to it.
    var position: UInt64 = 0
    var filter: (@Sendable (String) -> Bool)?
    /// Of what waits for it, what is a page: bytes that are its own. Changed by ``FeedTable/notePages(of:_:)`` only.
    var pageBytes = 0
    /// The call of the source that it waits for.
    var task: Task<Void, Never>?
    var isCalling = false
    /// The last position that had been published when the source was asked for a page.
    var publishedBeforePage: UInt64?
    /// The source had nothing for it when nothing had been published yet.
    var isAtEndOfSource = false
    /// The socket took no more; an event will tell when it does.
    var isBlocked = false
    /// When something must have happened: in `asking`, `ending` and `lingering` always, in `watching` while the outbox
    /// is not empty.
    var deadline: ContinuousClock.Instant
    var nextHeartbeat: ContinuousClock.Instant

    init(token: UInt64, client: ServerConnection, deadline: ContinuousClock.Instant) {
        self.token = token
        self.client = client
        self.deadline = deadline
        nextHeartbeat = deadline
    }

    deinit {
        task?.cancel()
        client.close()
    }

    var isWatching: Bool { if case .watching = phase { true } else { false } }
    /// It watches, or will if the source lets it.
    var countsAgainstLimit: Bool { if case .opening = phase { true } else { isWatching } }

    var hasDeadline: Bool {
        switch phase {
        case .asking, .ending, .lingering: true
        case .opening, .closed: false
        case .watching: !outbox.isEmpty
        }
    }

    private func wants(_ frame: FeedFrame) -> Bool {
        guard let filter, let key = frame.key else { return true }
        return filter(key)
    }

    /// What it lacks has to be asked for.
    func isBehind(_ ring: FeedRing) -> Bool {
        guard let base = ring.base else { return !isAtEndOfSource }
        return position < base
    }

    /// It has all entries, and has had no heartbeat for long enough.
    func isDueForHeartbeat(_ ring: FeedRing, at now: ContinuousClock.Instant) -> Bool {
        isWatching && nextHeartbeat <= now && outbox.isEmpty && !isCalling && !isBehind(ring)
            && position >= ring.last ?? 0
    }

    /// Sends until the outbox is empty or the socket takes no more; whatever it takes gives the watcher time until `deadline`.
    func flush(until deadline: ContinuousClock.Instant, counting statistics: FeedStatistics) -> FeedOutbox.Progress {
        while true {
            let progress = outbox.send(to: client, counting: statistics)
            switch progress {
            case .some: self.deadline = deadline
            case .blocked:
                isBlocked = true
                return progress
            case .all, .failed: return progress
            }
        }
    }

    /// Puts the next entries into the empty outbox.
    ///
    /// - Returns: how many it was shown, and how many of them it wants.
    func take(from ring: FeedRing) -> (seen: Int, taken: Int) {
        var seen = 0, taken = 0, bytes = 0
        var skipped: UInt64?
        ring.forEach(after: position) { frame in
            seen += 1
            position = frame.position
            if wants(frame) {
                outbox.append(frame.chunk, position: frame.position)
                taken += 1
                bytes += frame.chunk.bytes.count
                skipped = nil
            } else {
                skipped = frame.position
            }
            return taken < 64 && bytes < 256 << 10 && seen < 1024
        }
        if taken == 0, let skipped { outbox.append(SharedBytes(""), position: skipped) }
        return (seen, taken)
    }
}

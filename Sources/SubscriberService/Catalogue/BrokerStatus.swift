import Platform
import Synchronization

/// Whether the broker is there, since when, and when it was last heard of.
final class BrokerStatus: Sendable {
    struct Snapshot: Sendable {
        var isConnected = false
        /// When `isConnected` last changed.
        var since = Timestamp.now
        var heard: Timestamp?

        /// Seconds since the broker was last heard of.
        func lag(now: Double) -> Double? { heard.map { max(0, now - $0.seconds) } }
    }

    private let url: String
    private let state = Locked(Snapshot())
    private let observer = Locked<(@Sendable () -> Void)?>(nil)

    init(url: String) { self.url = url }

    var snapshot: Snapshot { state.withLock { $0 } }

    /// Called whenever the connection has come or gone; it must not block.
    func observe(_ observer: (@Sendable () -> Void)?) { self.observer.withLock { $0 = observer } }

    func heard() { state.withLock { $0.heard = .now } }

    func connected(_ log: Logger) {
        let changed = set(true)
        if changed { log.info("connected to the broker", ["url": url]) }
    }

    func failed(_ reason: String, _ log: Logger) {
        let changed = set(false)
        if changed || state.withLock({ $0.heard == nil }) {
            log.warning("no connection to the broker; serving what is held, and trying again", ["reason": reason])
        }
    }

    private func set(_ connected: Bool) -> Bool {
        let changed = state.withLock { state in
            let changed = state.isConnected != connected
            state.isConnected = connected
            if changed { state.since = .now }
            if connected { state.heard = .now }
            return changed
        }
        if changed { observer.withLock { $0 }?() }
        return changed
    }
}

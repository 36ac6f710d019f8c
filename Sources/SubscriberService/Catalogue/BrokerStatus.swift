import Platform
import Synchronization

/// Whether the broker is there, since when, and when it was last heard of.
final class BrokerStatus: Sendable {
    struct Snapshot: Sendable {
        var isConnected = false
        /// When `isConnected` last changed.
        var since = Timestamp.now
        var heard: Timestamp?
    }

    private let url: String
    private let state = Locked(Snapshot())

    init(url: String) { self.url = url }

    var snapshot: Snapshot { state.withLock { $0 } }

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
        state.withLock { state in
            let changed = state.isConnected != connected
            state.isConnected = connected
            if changed { state.since = .now }
            if connected { state.heard = .now }
            return changed
        }
    }
}

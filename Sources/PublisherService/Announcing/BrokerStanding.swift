internal import Catalogue
internal import Platform
internal import Synchronization
internal import Wire

/// How the publisher stands with its broker, for those who are asked.
final class BrokerStanding: Sendable {
    enum Standing: Equatable, Sendable {
        case apart(String)
        case announcing
    }

    struct Snapshot: Sendable {
        var standing = Standing.apart("the folder is being read")
        /// The lease that was given last.
        var lease: Lease?
        /// When that was.
        var renewed: ContinuousClock.Instant?

        var isConnected: Bool { standing == .announcing }

        /// Seconds since the broker was last heard of.
        func silence(now: ContinuousClock.Instant) -> Double? { renewed.map { ($0.duration(to: now)) / .seconds(1) } }

        /// Seconds until the group goes offline unless the lease is renewed.
        func leaseRest(now: ContinuousClock.Instant) -> Double? {
            guard let lease, let silence = silence(now: now) else { return nil }
            return max(0, lease.seconds - silence)
        }
    }

    private let state = Locked(Snapshot())

    var snapshot: Snapshot { state.withLock { $0 } }

    func renewed(_ lease: Lease) {
        state.withLock { state in
            state.lease = lease
            state.renewed = .now
        }
    }

    /// - Returns: Whether that is another standing than before.
    func set(_ standing: Standing) -> Bool {
        state.withLock { state in
            defer { state.standing = standing }
            return state.standing != standing
        }
    }
}

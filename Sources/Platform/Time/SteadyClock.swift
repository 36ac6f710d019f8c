/// A clock that runs evenly and goes on while the machine sleeps, whatever is done to the date: what ages, leases, pauses and
/// time-outs are measured by. Tests move one of their own (`ManualClock`).
public protocol SteadyClock: Sendable {
    var now: SteadyInstant { get }

    /// Returns at `deadline`, at once if that has passed.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func sleep(until deadline: SteadyInstant) async throws
}

extension SteadyClock {
    /// Returns when `duration` has passed.
    public func sleep(for duration: Duration) async throws { try await sleep(until: now.advanced(by: duration)) }
}

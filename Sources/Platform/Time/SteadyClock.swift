internal import Glibc

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

/// A moment of a ``SteadyClock``: of use only beside other moments of the same clock, in the same process.
public struct SteadyInstant: InstantProtocol, Sendable {
    /// Since the machine was started.
    public let sinceStart: Duration

    /// Some 70 billion years; sums beyond it end there, as pauses may come from outside.
    private static func limited(_ duration: Duration) -> Duration {
        max(.seconds(Int64.min / 4), min(duration, .seconds(Int64.max / 4)))
    }

    public init(sinceStart: Duration) { self.sinceStart = Self.limited(sinceStart) }

    public func advanced(by duration: Duration) -> SteadyInstant {
        SteadyInstant(sinceStart: sinceStart + Self.limited(duration))
    }

    public func duration(to other: SteadyInstant) -> Duration { other.sinceStart - sinceStart }

    public static func + (a: SteadyInstant, b: Duration) -> SteadyInstant { a.advanced(by: b) }
    public static func += (a: inout SteadyInstant, b: Duration) { a = a.advanced(by: b) }
    public static func - (a: SteadyInstant, b: SteadyInstant) -> Duration { b.duration(to: a) }

    public static func < (a: SteadyInstant, b: SteadyInstant) -> Bool { a.sinceStart < b.sinceStart }
}

/// The machine's own ``SteadyClock``.
public struct SystemSteadyClock: SteadyClock {
    public init() {}

    public var now: SteadyInstant {
        var time = timespec()
        // The other one stands still while the machine sleeps; a sandbox may know nothing else.
        if clock_gettime(CLOCK_BOOTTIME, &time) != 0 { clock_gettime(CLOCK_MONOTONIC, &time) }
        return SteadyInstant(sinceStart: .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec)))
    }

    public func sleep(until deadline: SteadyInstant) async throws {
        try Task.checkCancellation()
        while true {
            let rest = now.duration(to: deadline)
            guard rest > .zero else { return }
            // The runtime's own arithmetic ends at 292 years, which is less than some deadlines.
            try await Task.sleep(for: min(rest, .seconds(86_400)))
        }
    }
}

extension SteadyClock where Self == SystemSteadyClock {
    public static var system: SystemSteadyClock { SystemSteadyClock() }
}

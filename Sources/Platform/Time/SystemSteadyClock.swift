internal import Glibc

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

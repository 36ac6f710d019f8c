internal import Glibc
internal import Synchronization

/// How many files and connections the process may have open.
enum DescriptorLimit {
    /// More is never needed, and some libraries walk through all that may be open.
    private static let wanted: rlim_t = 65_536
    private static var resource: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }

    /// Descriptors that the process was started with, besides the standard streams.
    static let inherited = Atomic(0)

    /// With fewer not even the runtime's own can be made.
    private static let least: rlim_t = 24

    /// The limit now.
    static var current: UInt64? {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return nil }
        return UInt64(limit.rlim_cur)
    }

    /// Raises the limit as far as the process may: what a shell gives, often 1024, is less than a broker has watchers.
    static func raise() {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < wanted else { return }
        limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, wanted))
        // Not lost: without it the process has what it had.
        _ = setrlimit(resource, &limit)
    }

    /// Has the runtime make, while there are some, the descriptors that it makes when it first needs them: its timers' above
    /// all. Where it finds none later, it ends the process.
    static func prepare() throws(TooFewDescriptors) {
        if let current, current < least { throw TooFewDescriptors(limit: Int(current), least: Int(least)) }
        let limit = Int32(clamping: min(current ?? 1024, 1024))
        inherited.store((3..<max(3, limit)).count { fcntl($0, F_GETFD) >= 0 }, ordering: .relaxed)
        // One for each clock; shorter ones might be over before they are given to the kernel.
        Task { try? await Task.sleep(for: .milliseconds(5), clock: .continuous) }
        Task { try? await Task.sleep(for: .milliseconds(5), clock: .suspending) }
        Task { try? await Task.sleep(nanoseconds: 5_000_000) }
    }
}

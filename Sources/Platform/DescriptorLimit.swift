internal import Glibc

/// How many files and connections the process may have open.
enum DescriptorLimit {
    /// More is never needed, and some libraries walk through all that may be open.
    private static let wanted: rlim_t = 65_536
    private static var resource: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }

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
}

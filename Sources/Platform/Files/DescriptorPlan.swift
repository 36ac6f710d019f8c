internal import Glibc
internal import Synchronization

/// How the files and connections that a service may have open are shared out, so that none of its parts takes what another
/// needs to go on.
///
/// Each share is for one part: the server, the client, the library of mirrors. A second of them would take it once more.
public struct DescriptorPlan: Hashable, Sendable {
    /// What a service has open when nobody asks it for anything: the runtime's timers, event loops, the database, the log.
    private static let own = 36
    /// Never taken by what clients or publishers can make us open. libdispatch opens a file for each of its threads every second,
    /// and ends the process when it cannot; the database opens files for a moment.
    private static let reserve = 12
    /// A transfer's connection, what its thread is woken by, and what a name is looked up through.
    private static let transferCost = 5
    /// With fewer, a service does not start.
    public static let least = 52

    /// Clients that may be connected, watchers of feeds among them.
    public let connections: Int
    /// Transfers from other services at a time.
    public let transfers: Int
    /// Connections that each transfer's thread keeps for the next one.
    public let keptConnections: Int
    /// Files that may be open for those who read them.
    public let files: Int

    public init(limit: Int) {
        let spare = max(limit, Self.least) - Self.own - Self.reserve
        transfers = min(max(spare / 4 / Self.transferCost, 1), 32)
        keptConnections = spare < 2000 ? 1 : 4
        files = min(max(spare / 4, 4), 4096)
        let rest = spare - transfers * (Self.transferCost + keptConnections - 1) - files
        connections = min(max(rest, 6), 24_576)
    }

    /// By the limit of this process.
    public static var current: DescriptorPlan { DescriptorPlan(limit: free) }

    /// What whoever started the process left open is not ours to give away.
    private static var free: Int {
        Int(clamping: DescriptorLimit.current ?? 1024) - DescriptorLimit.inherited.load(ordering: .relaxed)
    }

    /// For a service that begins.
    ///
    /// - Throws: what has to be raised, when the limit is too low to work with.
    public static func checked() throws(TooFewDescriptors) -> DescriptorPlan {
        let limit = free
        guard limit >= least else { throw TooFewDescriptors(limit: limit, least: least) }
        return DescriptorPlan(limit: limit)
    }

    /// Whether only the reserve is left, of which the next descriptor would be.
    package static var areScarce: Bool {
        let next = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
        defer { if next >= 0 { close(next) } }
        return next < 0 ? errno == EMFILE || errno == ENFILE : isOfTheLast(next)
    }

    /// Whether a descriptor that was opened just now is of the reserve, and has to be closed again: the kernel gives the lowest
    /// number that is free.
    package static func isOfTheLast(_ descriptor: Int32) -> Bool {
        guard let limit = DescriptorLimit.current else { return false }
        return UInt64(max(descriptor, 0)) + UInt64(reserve) >= limit
    }
}

/// The process may open too few files and connections to do anything.
public struct TooFewDescriptors: Error, Hashable, Sendable, CustomStringConvertible {
    public let limit: Int
    public let least: Int

    public var description: String {
        "\(limit) open files and connections are too few: allow \(least) or more with ulimit -n, or LimitNOFILE= in the "
            + "unit of systemd"
    }
}

internal import Glibc

/// What this process takes of the machine. What the system does not tell is `nil`.
public struct ProcessUsage: Sendable {
    public var processorSeconds: Double?
    public var residentBytes: Int64?
    public var virtualBytes: Int64?
    public var openDescriptors: Int?
    public var descriptorLimit: UInt64?
    public var started: Timestamp?

    /// Asks the system. Blocks, and the longer the more descriptors are open.
    public static var current: ProcessUsage {
        var usage = ProcessUsage()
        (usage.virtualBytes, usage.residentBytes) = memory
        usage.processorSeconds = processorTime
        usage.openDescriptors = countDescriptors()
        usage.descriptorLimit = DescriptorLimit.current
        usage.started = started
        return usage
    }

    /// Memory that the process occupies.
    public static var residentBytes: Int64? { memory.resident }

    /// When the process was started, by the date as it was when somebody first asked.
    public static let started: Timestamp? = Timestamp(seconds: Timestamp.now.seconds - uptime)

    /// Seconds since the process was started, whatever has been done to the date meanwhile.
    public static var uptime: Double { max(0, begun.duration(to: SystemSteadyClock().now) / .seconds(1)) }

    /// Remembers the moment, for where the system does not tell when a process was started.
    static func noteStart() { _ = begun }

    private static let begun: SteadyInstant = {
        let now = SystemSteadyClock().now
        // In ticks after the machine's start; the 22nd field, and the second, a name in brackets, may hold anything.
        guard let stat = text("/proc/self/stat"), let bracket = stat.lastIndex(of: ")") else { return now }
        let fields = stat[stat.index(after: bracket)...].split(separator: " ")
        let ticksPerSecond = sysconf(Int32(_SC_CLK_TCK))
        guard fields.count > 19, let ticks = Int64(fields[19]), ticks >= 0, ticksPerSecond > 0 else { return now }
        return min(now, SteadyInstant(sinceStart: .seconds(Double(ticks) / Double(ticksPerSecond))))
    }()

    private static var memory: (virtual: Int64?, resident: Int64?) {
        let pages = text("/proc/self/statm")?.split(separator: " ").prefix(2).compactMap { Int64($0) } ?? []
        guard pages.count == 2 else { return (nil, nil) }
        let size = Int64(sysconf(Int32(_SC_PAGESIZE)))
        return (pages[0] * size, pages[1] * size)
    }

    private static var processorTime: Double? {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Linux 6.2 and later say it in the folder's size; before, the names are counted, less that of the counting.
    private static func countDescriptors() -> Int? {
        let folder = "/proc/self/fd"
        if let size = try? FileIdentity(path: folder).size, size > 0 { return Int(size) }
        return (try? FileSystem.list(folder)).map { max(0, $0.entries.count - 1) }
    }

    private static func text(_ path: String) -> String? {
        (try? FileSystem.readAll(path, limit: 4096)).map { String(decoding: $0, as: UTF8.self) }
    }
}

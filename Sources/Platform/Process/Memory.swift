internal import CSystem
internal import Glibc

/// The process's memory.
public enum Memory {
    /// To be called first: long-running programs are to be as small as what they hold.
    static func configure() { csystem_configure_memory() }

    /// How much this process may occupy: what the machine has, or what its control group is allowed.
    public static var limit: Int {
        let pages = Int(sysconf(Int32(_SC_PHYS_PAGES))), size = Int(sysconf(Int32(_SC_PAGESIZE)))
        let machine = pages > 0 && size > 0 ? pages * size : 1 << 32
        guard let group = try? FileSystem.readAll("/sys/fs/cgroup/memory.max", limit: 64),
            let limit = Int(String(decoding: group, as: UTF8.self).prefix { $0.isNumber }), limit > 0
        else { return machine }
        return min(machine, limit)
    }

    /// Gives what was freed back to the system: after work that took much more than usual. Takes milliseconds.
    public static func trim() { csystem_trim_memory() }
}

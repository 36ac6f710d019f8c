internal import Glibc

/// Where programs keep their state.
public enum StateFolder {
    /// Why a folder cannot be used, and what would mend it.
    public struct Unusable: Error, Sendable, CustomStringConvertible {
        public let path: String
        public let cause: SystemError
        public var description: String {
            "the folder for state, \(path), cannot be used: \(cause); say another with --state"
        }
    }

    /// Where they keep it unless they are told: `ROLE` in `$STATE_DIRECTORY`, which systemd sets; `bpubsub/ROLE` in
    /// `$XDG_STATE_HOME`, or in `~/.local/state`; `/var/lib/bpubsub/ROLE` for who has no home.
    public static func standard(role: String, environment: [String: String] = Environment.current) -> String {
        // Several folders are separated by colons.
        if let own = environment["STATE_DIRECTORY"]?.split(separator: ":").first, own.hasPrefix("/") {
            return below(own, role)
        }
        // The specification of base directories has relative ones ignored.
        if let base = environment["XDG_STATE_HOME"], base.hasPrefix("/") { return below(base[...], "bpubsub/\(role)") }
        // The root is nobody's home: users that a system makes for services have it where others have one.
        if let home = environment["HOME"], home.hasPrefix("/"), home.contains(where: { $0 != "/" }) {
            return below(home[...], ".local/state/bpubsub/\(role)")
        }
        return "/var/lib/bpubsub/\(role)"
    }

    private static func below(_ folder: Substring, _ name: String) -> String {
        var folder = folder
        while folder.last == "/" { folder = folder.dropLast() }
        return "\(folder)/\(name)"
    }

    /// Makes the folder if need be.
    ///
    /// - Throws: ``Unusable`` also when nothing can be made in it.
    public static func prepare(_ path: String, mode: UInt32 = 0o755) throws(Unusable) {
        do throws(SystemError) {
            try FileSystem.createDirectories(path, mode: mode)
            if access(path, R_OK | W_OK | X_OK) != 0 { throw SystemError("write in \(path)") }
        } catch {
            throw Unusable(path: path, cause: error)
        }
    }
}

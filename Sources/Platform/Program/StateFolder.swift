/// Where programs keep their state unless they are told.
public enum StateFolder {
    /// `bpubsub/ROLE` in `$XDG_STATE_HOME`, or in `~/.local/state`; `/var/lib` for who has no home.
    public static func standard(role: String, environment: [String: String] = Environment.current) -> String {
        // The specification of base directories has relative ones ignored.
        if let base = environment["XDG_STATE_HOME"], base.hasPrefix("/") { return "\(base)/bpubsub/\(role)" }
        if let home = environment["HOME"], home.hasPrefix("/") { return "\(home)/.local/state/bpubsub/\(role)" }
        return "/var/lib/bpubsub/\(role)"
    }
}

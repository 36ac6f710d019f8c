/// The options that the services share.
public enum CommonOptions {
    /// `--listen HOST:PORT`
    public static func listen(port: UInt16) -> Option<Endpoint> {
        Option(
            "listen", short: "l", placeholder: "HOST:PORT", default: Endpoint(host: "localhost", port: port),
            help: "where to listen; an IPv6 address in brackets, port 0 for any free one", parse: OptionValue.endpoint)
    }

    /// `--state DIR`; the default is `bpubsub/ROLE` in the user's folder for state.
    public static func state(role: String) -> Option<String> {
        Option(
            "state", short: "s", placeholder: "DIR", default: StateFolder.standard(role: role),
            defaultText:
                "$STATE_DIRECTORY/\(role), $XDG_STATE_HOME/bpubsub/\(role) or ~/.local/state/bpubsub/\(role)",
            help: "the folder that keeps what must survive a restart; created if need be", parse: OptionValue.string)
    }

    /// `--broker URL`
    public static let broker = Option(
        "broker", short: "b", placeholder: "URL", default: "http://localhost:8000",
        help: "the broker; http://NAME:PASSWORD@HOST:PORT where a server before it asks for that",
        parse: OptionValue.serviceURLWithLogin)

    /// `--answer-memory BYTES`
    public static let answerMemory = Option(
        optional: "answer-memory", placeholder: "BYTES",
        help:
            "what large answers may hold in memory until they are sent, as 256M; others wait, and slow readers are cut "
            + "(default: a quarter of the memory, at most 512M)",
        parse: OptionValue.bytes(in: 1 << 20...1 << 40))

    /// `--log-level LEVEL`
    public static let logLevel = Option(
        "log-level", placeholder: "LEVEL", default: Logger.Level.info,
        help: "the least important log lines to write: debug, info, warning or error",
        parse: OptionValue.choice(Logger.Level.allCases.map { ("\($0)", $0) }))

    /// `--log-format FORMAT`
    public static let logFormat = Option(
        "log-format", placeholder: "FORMAT", default: Logger.Format.text, help: "log lines as text or json",
        parse: OptionValue.choice([("text", Logger.Format.text), ("json", .json)]))

    /// Both of the log.
    public static let log: [any OptionDescription] = [logLevel, logFormat]
}

extension Arguments {
    /// The logger that ``CommonOptions/log`` asks for.
    public func logger(_ component: String) -> Logger {
        Logger(component, level: self[CommonOptions.logLevel], format: self[CommonOptions.logFormat])
    }
}

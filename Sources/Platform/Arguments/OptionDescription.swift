/// What the parser and the help text need to know of an option, whatever the type of its value.
public protocol OptionDescription: Sendable {
    /// Without its dashes: `log-level`.
    var name: String { get }
    var short: Character? { get }
    /// What stands for the value in the help text, `HOST:PORT`; `nil` for a flag.
    var placeholder: String? { get }
    var help: String { get }
    /// What the help text says of the default, `nil` for nothing.
    var defaultText: String? { get }
    var isRepeatable: Bool { get }
    /// The value for what was given, in order; the default for nothing.
    func value(of texts: [String]) throws(UsageError) -> any Sendable
}

extension OptionDescription {
    public var isFlag: Bool { placeholder == nil }

    /// `BPUBSUB_LOG_LEVEL` for `log-level`.
    public var environmentName: String { "BPUBSUB_" + name.uppercased().replacing("-", with: "_") }
}

/// One option of a program: a flag on the command line and a variable in the environment.
///
/// The declaration is also the key under which ``Arguments`` has the value.
public struct Option<Value: Sendable>: OptionDescription {
    public let name: String
    public let short: Character?
    public let placeholder: String?
    public let help: String
    public let defaultText: String?
    public let isRepeatable: Bool
    private let convert: @Sendable ([String]) throws(UsageError) -> Value

    /// An option with a value; given several times, the last one counts.
    ///
    /// - Parameters:
    ///   - defaultText: for the help text; `nil` takes the default's description, "" shows none.
    ///   - parse: from the text to the value; what it throws reads as in "'x' is not a number".
    public init(
        _ name: String, short: Character? = nil, placeholder: String, default: Value, defaultText: String? = nil,
        help: String, parse: @Sendable @escaping (String) throws(UsageError) -> Value
    ) {
        self.init(
            name, short, placeholder, help, defaultText ?? "\(`default`)", isRepeatable: false
        ) { (texts) throws(UsageError) in
            guard let last = texts.last else { return `default` }
            return try parse(last)
        }
    }

    /// An option with a value and no default.
    public init<Wrapped>(
        optional name: String, short: Character? = nil, placeholder: String, help: String,
        parse: @Sendable @escaping (String) throws(UsageError) -> Wrapped
    ) where Value == Wrapped? {
        self.init(name, short, placeholder, help, nil, isRepeatable: false) { (texts) throws(UsageError) in
            guard let last = texts.last else { return nil }
            return try parse(last)
        }
    }

    /// An option that may be given several times; in the environment, commas separate the values.
    public init<Element>(
        repeated name: String, short: Character? = nil, placeholder: String, help: String,
        parse: @Sendable @escaping (String) throws(UsageError) -> Element
    ) where Value == [Element] {
        self.init(name, short, placeholder, help, nil, isRepeatable: true) { (texts) throws(UsageError) in
            var values: [Element] = []
            for text in texts { values.append(try parse(text)) }
            return values
        }
    }

    /// An option without a value, off unless it is given; in the environment `1` or `0`.
    public init(flag name: String, short: Character? = nil, help: String) where Value == Bool {
        self.init(name, short, nil, help, nil, isRepeatable: false) { (texts) throws(UsageError) in
            guard let last = texts.last else { return false }
            return try OptionValue.boolean(last)
        }
    }

    private init(
        _ name: String, _ short: Character?, _ placeholder: String?, _ help: String, _ defaultText: String?,
        isRepeatable: Bool, convert: @Sendable @escaping ([String]) throws(UsageError) -> Value
    ) {
        self.name = name
        self.short = short
        self.placeholder = placeholder
        self.help = help
        self.defaultText = defaultText == "" ? nil : defaultText
        self.isRepeatable = isRepeatable
        self.convert = convert
    }

    public func value(of texts: [String]) throws(UsageError) -> any Sendable { try convert(texts) }
}

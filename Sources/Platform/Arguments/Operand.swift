/// What the parser and the help text need to know of an operand.
public protocol OperandDescription: Sendable {
    /// As the help text shows it: `GROUP`.
    var name: String { get }
    var help: String { get }
    /// How often it may stand.
    var count: ClosedRange<Int> { get }
    func value(of texts: [String]) throws(UsageError) -> any Sendable
}

/// One operand of a program, an argument that is not an option; also the key to its value in ``Arguments``.
public struct Operand<Value: Sendable>: OperandDescription {
    public let name: String
    public let help: String
    public let count: ClosedRange<Int>
    private let convert: @Sendable ([String]) throws(UsageError) -> Value

    /// One that must be there.
    public init(_ name: String, help: String, parse: @Sendable @escaping (String) throws(UsageError) -> Value) {
        self.name = name
        self.help = help
        count = 1...1
        convert = { (texts) throws(UsageError) in
            guard let text = texts.first else { throw UsageError("\(name) is missing") }
            return try parse(text)
        }
    }

    /// One that may be missing.
    public init<Wrapped>(
        optional name: String, help: String, parse: @Sendable @escaping (String) throws(UsageError) -> Wrapped
    ) where Value == Wrapped? {
        self.name = name
        self.help = help
        count = 0...1
        convert = { (texts) throws(UsageError) in
            guard let text = texts.first else { return nil }
            return try parse(text)
        }
    }

    /// Several, at least `minimum`; it must be the last operand.
    public init<Element>(
        repeated name: String, minimum: Int = 0, help: String,
        parse: @Sendable @escaping (String) throws(UsageError) -> Element
    ) where Value == [Element] {
        self.name = name
        self.help = help
        count = minimum...Int.max
        convert = { (texts) throws(UsageError) in
            var values: [Element] = []
            for text in texts { values.append(try parse(text)) }
            return values
        }
    }

    public func value(of texts: [String]) throws(UsageError) -> any Sendable { try convert(texts) }
}

/// A name that cannot be used, with the rule that it breaks.
public struct NameError: Error, Hashable, Sendable, CustomStringConvertible {
    public let name: String
    public let reason: String

    public var description: String { "'\(name)' is not usable: \(reason)" }
}

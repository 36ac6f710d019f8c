/// A command line, or a setting in the environment, that a program cannot follow: it ends with status 2.
public struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
    public let message: String
    public init(_ message: String) { self.message = message }
    public var description: String { message }
}

/// Why a publisher cannot start or go on; says what would mend it.
public struct PublisherError: Error, Sendable, CustomStringConvertible {
    public let message: String
    public init(_ message: String) { self.message = message }
    public var description: String { message }
}

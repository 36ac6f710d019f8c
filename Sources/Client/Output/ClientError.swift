/// Why a command failed, in words for the one who typed it.
public struct ClientError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// Nobody answers at the subscriber's address.
        case unreachable
        /// A name that does not exist.
        case notFound
        /// The subscriber says no.
        case refused
        /// What answers is no subscriber, or one of another version.
        case badAnswer
        /// What arrived is not what was asked for.
        case wrongBytes
        /// Some of several things failed; they have been told.
        case incomplete
        case interrupted
    }

    public let code: Code
    /// Says what to do, where that is known.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

/// Why bytes could not be understood as an array, or could not be written as one, or why a question does not fit it. All
/// formats have this one.
public struct ArrayError: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable {
        /// Not of this format at all: the magic bytes are not there.
        case otherFormat
        /// Of a kind that is not read here: sparse, or of a newer format.
        case unsupported
        /// A file whose parts contradict each other or the size of the file.
        case corrupt
        /// More than this reader is willing to hold in memory.
        case tooLarge
        /// The bytes could not be read or written.
        case inputOutput
        /// A request that does not fit the array.
        case invalidRequest
    }

    public let code: Code
    /// What was wrong with which part: `offsets chunk: ends at 812, behind the trailer at 790`.
    public let reason: String
    public let cause: (any Error)?

    public init(_ code: Code, _ reason: String, cause: (any Error)? = nil) {
        self.code = code
        self.reason = reason
        self.cause = cause
    }

    public var description: String { cause.map { "\(reason): \($0)" } ?? reason }

    package static func corrupt(_ reason: String) -> ArrayError { ArrayError(.corrupt, reason) }
}

/// Why bytes could not be understood as Blosc2, or could not be written as such.
public struct Blosc2Error: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable {
        /// No Blosc2 frame at all: the magic bytes are not there.
        case notAFrame
        /// A frame of a kind that is not read here: sparse, or of a newer format.
        case unsupported
        /// A frame whose parts contradict each other or the size of the file.
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

    static func corrupt(_ reason: String) -> Blosc2Error { Blosc2Error(.corrupt, reason) }
}

/// Why a version could not be made of a file: its bytes could not be read.
public struct VersionError: Error, Sendable, CustomStringConvertible {
    public let reason: String
    public let cause: (any Error)?

    public init(_ reason: String, cause: (any Error)? = nil) {
        self.reason = reason
        self.cause = cause
    }

    public var description: String { cause.map { "\(reason): \($0)" } ?? reason }
}

internal import Glibc

/// What this module throws.
public struct HTTPError: Error, Sendable, CustomStringConvertible {
    /// A struct over a hidden enumeration: a new code breaks no `switch` elsewhere.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: Hashable {
            case cannotListen, peerClosed, timeout, cannotConnect, tooLarge, badResponse, badURL, cancelled, outOfMemory
            case badRequest, redirected, accessDenied, busy, system
        }
        private let kind: Kind
        private init(_ kind: Kind) { self.kind = kind }

        /// The address is in use, not ours, or not an address.
        public static let cannotListen = Code(.cannotListen)
        /// The connection ended before the message did.
        public static let peerClosed = Code(.peerClosed)
        /// Nothing came for as long as the request allows.
        public static let timeout = Code(.timeout)
        /// Nobody listens there, or the name is unknown.
        public static let cannotConnect = Code(.cannotConnect)
        /// The body is longer than the caller allows.
        public static let tooLarge = Code(.tooLarge)
        /// What came is not HTTP, or not what was asked for.
        public static let badResponse = Code(.badResponse)
        public static let badURL = Code(.badURL)
        /// The request cannot be sent as it is.
        public static let badRequest = Code(.badRequest)
        /// The answer sends the request to another server, or asks for another request, which is not done.
        public static let redirected = Code(.redirected)
        /// The server, or one before it, wants a name and a password.
        public static let accessDenied = Code(.accessDenied)
        public static let cancelled = Code(.cancelled)
        /// Too much is under way already; later there may be room.
        public static let busy = Code(.busy)
        public static let outOfMemory = Code(.outOfMemory)
        /// Another system call failed.
        public static let system = Code(.system)

        public var description: String { "\(kind)" }
    }

    public let code: Code
    /// Names the address or URL, and what would mend it.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

extension HTTPError {
    /// Captures `errno`: construct it directly after the call that failed.
    static func system(_ operation: String) -> HTTPError {
        HTTPError(.system, "cannot \(operation): \(String(cString: strerror(errno)))")
    }

    static var closed: HTTPError {
        HTTPError(.peerClosed, "the connection closed before the exchange was complete")
    }

    static func tooLarge(_ limit: Int) -> HTTPError {
        HTTPError(.tooLarge, "the request body is longer than the \(limit) bytes that are allowed here")
    }
}

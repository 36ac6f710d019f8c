/// What a log throws.
public struct LogError: Error, Sendable, CustomStringConvertible {
    /// A struct over a hidden enumeration: a new code breaks no `switch` elsewhere.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: Hashable { case conflict, overloaded, full, unavailable }
        private let kind: Kind
        private init(_ kind: Kind) { self.kind = kind }

        /// A key is not at the revision that the append expects.
        public static let conflict = Code(.conflict)
        /// More waits to be written than fits into memory.
        public static let overloaded = Code(.overloaded)
        /// The log's disk is full.
        public static let full = Code(.full)
        /// The log cannot be read or written.
        public static let unavailable = Code(.unavailable)

        public var description: String { "\(kind)" }
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

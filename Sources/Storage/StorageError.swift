/// What this module throws.
public struct StorageError: Error, Sendable, CustomStringConvertible {
    /// A struct over a hidden enumeration: a new code breaks no `switch` elsewhere.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: Hashable {
            case busy, full, corrupt, notADatabase, otherProgram, newerSchema, constraint, cannotOpen, readOnly, other
        }
        private let kind: Kind
        private init(_ kind: Kind) { self.kind = kind }

        /// Another process holds the file.
        public static let busy = Code(.busy)
        /// The disk is full, or a quota is used up.
        public static let full = Code(.full)
        /// The file was a database and is damaged.
        public static let corrupt = Code(.corrupt)
        /// The file is something else.
        public static let notADatabase = Code(.notADatabase)
        /// The file is the database of another program.
        public static let otherProgram = Code(.otherProgram)
        /// A newer release of this program has written the file.
        public static let newerSchema = Code(.newerSchema)
        /// A row breaks a rule of its table.
        public static let constraint = Code(.constraint)
        /// The file or its folder cannot be opened or made.
        public static let cannotOpen = Code(.cannotOpen)
        /// The file may not be written.
        public static let readOnly = Code(.readOnly)
        public static let other = Code(.other)

        public var description: String { "\(kind)" }
    }

    public let code: Code
    /// Names the file, and what would mend it.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

internal import Glibc

/// A system call that failed: which, on what, and why.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The `errno` value.
    public let code: Int32
    /// What was attempted, with the name of the thing: `open /srv/data/a.b2nd`.
    public let operation: String

    public init(_ operation: String, code: Int32) {
        self.operation = operation
        self.code = code
    }

    /// Captures `errno`: construct it directly after the call that failed.
    init(_ operation: String) { self.init(operation, code: errno) }

    public var reason: String { String(cString: strerror(code)) }
    public var description: String { "cannot \(operation): \(reason)" }

    /// There is no descriptor left, in this process or on this machine.
    public var isOutOfDescriptors: Bool { code == EMFILE || code == ENFILE }

    /// The disk is full, or a quota is used up.
    public var isLackOfRoom: Bool { code == ENOSPC || code == EDQUOT }

    public static let notFound = ENOENT
    public static let exists = EEXIST
    public static let permissionDenied = EACCES
    public static let notADirectory = ENOTDIR
    public static let isADirectory = EISDIR
    public static let noSpace = ENOSPC
    public static let addressInUse = EADDRINUSE
    public static let tooManyLinks = ELOOP
    public static let notSupported = EOPNOTSUPP
    /// The file system has no second names for files, or no more for this one.
    public static let meansNoLinks: Set<Int32> = [EPERM, EACCES, EMLINK, EXDEV, EOPNOTSUPP, ENOSYS]
    public static let invalid = EINVAL
    public static let crossDevice = EXDEV
    public static let directoryNotEmpty = ENOTEMPTY
}

internal import Glibc

/// A file that one process at a time can hold; released when the object or the process goes, however it ends.
public final class FileLock: Sendable {
    private let file: FileDescriptor

    /// Makes the file if need be. Does not wait.
    ///
    /// - Throws: ``SystemError``, with ``SystemError/wouldBlock`` when somebody holds the lock.
    public init(path: String) throws(SystemError) {
        file = try FileDescriptor(path, .readingAndWriting)
        guard flock(file.raw, LOCK_EX | LOCK_NB) == 0 else { throw SystemError("lock \(path)") }
    }
}

extension SystemError {
    public static let wouldBlock = EWOULDBLOCK
}

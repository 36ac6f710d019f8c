internal import Glibc

/// A folder that is ours alone for as long as this lives; the kernel gives it back when the process ends, however it ends.
public final class FolderLock: Sendable {
    private let file: FileDescriptor

    /// Takes the folder, which must exist, with a lock on the file `lock` in it.
    ///
    /// - Parameter owner: the program's name, for the error that others get.
    /// - Throws: ``FolderLockError`` that says who has the folder.
    public init(_ folder: String, owner: String) throws(FolderLockError) {
        do {
            file = try FileDescriptor("\(folder)/lock", .readingAndWriting)
            if flock(file.raw, LOCK_EX | LOCK_NB) != 0 {
                guard errno == EWOULDBLOCK else { throw SystemError("lock \(folder)/lock") }
                throw FolderLockError("\(folder) is in use\(try Self.holder(file)); give another one with --state DIR")
            }
            try file.resize(to: 0)
            try file.write(Array("\(owner) (process \(getpid()))\n".utf8).span.bytes, at: 0)
        } catch let error as FolderLockError {
            throw error
        } catch {
            throw FolderLockError("\(error)")
        }
    }

    private static func holder(_ file: FileDescriptor) throws(SystemError) -> String {
        let text = String(decoding: try file.read(at: 0, count: 200).array, as: UTF8.self)
        let line = text.prefix { $0 != "\n" }
        return line.isEmpty ? "" : " by \(line)"
    }
}

/// A folder that cannot be had, and why.
public struct FolderLockError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

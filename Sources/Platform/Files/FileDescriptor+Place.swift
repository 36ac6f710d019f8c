internal import CSystem
internal import Glibc

extension FileDescriptor {
    /// Whether somebody may be writing to a file.
    public enum Writers: Sendable {
        case some, none
        /// The file system or the permissions do not tell.
        case unknown
    }

    /// Where the open file really is, symbolic links resolved, as the kernel knows it now.
    ///
    /// What a path led to when it was opened cannot change any more, so this answers without a race whether the file
    /// lies in a folder.
    public func realPath() throws(SystemError) -> String {
        let link = "/proc/self/fd/\(raw)"
        let path = withUnsafeTemporaryAllocation(byteCount: Int(PATH_MAX) + 1, alignment: 1) { buffer -> String? in
            let bytes = buffer.bindMemory(to: CChar.self)
            let count = readlink(link, bytes.baseAddress!, buffer.count)
            return count < 0 ? nil : String(validating: buffer[..<count], as: UTF8.self)
        }
        if let path { return path }
        guard errno == ENOENT else { throw SystemError("find the place of \(self.path)") }
        return try placeByName()
    }

    /// The same where there is no `/proc`: what the path leads to now, if that is still the file that is open.
    private func placeByName() throws(SystemError) -> String {
        let path = try FileSystem.canonicalPath(self.path)
        let found = try FileIdentity(path: path, followingLinks: false), own = try identity()
        guard found.device == own.device, found.inode == own.inode else {
            throw SystemError("find the place of \(self.path)", code: ESTALE)
        }
        return path
    }

    /// Whether anybody on this machine has the file open for writing.
    public func writers() -> Writers {
        switch csystem_has_writers(raw) {
        case 0: .none
        case 1: .some
        default: .unknown
        }
    }
}

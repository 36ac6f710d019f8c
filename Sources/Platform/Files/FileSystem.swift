internal import CSystem
internal import Glibc

/// What programs do with files and folders beyond reading and writing. Every call blocks.
public enum FileSystem {
    /// Creates a folder and those above it that are missing; one that exists is fine.
    public static func createDirectories(_ path: String, mode: UInt32 = 0o755) throws(SystemError) {
        if mkdir(path, mode) == 0 { return }
        let code = errno
        if code == ENOENT, let slash = path.utf8.dropLast().lastIndex(of: UInt8(ascii: "/")), slash > path.startIndex {
            try createDirectories(String(path[..<slash]), mode: mode)
            if mkdir(path, mode) == 0 { return }
            guard errno == EEXIST else { throw SystemError("create the folder \(path)") }
        } else if code != EEXIST {
            throw SystemError("create the folder \(path)", code: code)
        }
        guard try FileIdentity(path: path).kind == .directory else {
            throw SystemError("create the folder \(path)", code: ENOTDIR)
        }
    }

    /// Gives a file or folder another name; what had that name is replaced.
    public static func rename(_ path: String, to target: String) throws(SystemError) {
        guard Glibc.rename(path, target) == 0 else { throw SystemError("rename \(path) to \(target)") }
    }

    /// Gives a file a second name, which must not exist.
    public static func link(_ path: String, to target: String) throws(SystemError) {
        guard Glibc.link(path, target) == 0 else { throw SystemError("link \(path) to \(target)") }
    }

    /// Bytes that a file takes on the disk.
    public static func allocatedBytes(_ path: String) throws(SystemError) -> Int64 {
        var info = stat()
        guard lstat(path, &info) == 0 else { throw SystemError("look at \(path)") }
        return Int64(info.st_blocks) * 512
    }

    /// Bytes that whoever may write to a file system has left there.
    public static func freeBytes(at path: String) throws(SystemError) -> Int64 {
        var info = statvfs()
        guard statvfs(path, &info) == 0 else { throw SystemError("look at the file system of \(path)") }
        let (bytes, overflow) = Int64(clamping: info.f_bavail).multipliedReportingOverflow(
            by: Int64(clamping: info.f_frsize))
        return overflow ? .max : bytes
    }

    /// Removes a file; one that is not there is fine.
    public static func unlink(_ path: String) throws(SystemError) {
        guard Glibc.unlink(path) == 0 || errno == ENOENT else { throw SystemError("remove \(path)") }
    }

    /// Removes an empty folder.
    public static func removeDirectory(_ path: String) throws(SystemError) {
        guard rmdir(path) == 0 else { throw SystemError("remove the folder \(path)") }
    }

    /// Removes a file or a folder with all that is in it; nothing there is fine. Symbolic links are not followed.
    public static func removeTree(_ path: String) throws(SystemError) {
        guard csystem_remove_tree(path) == 0 || errno == ENOENT else { throw SystemError("remove \(path)") }
    }

    /// Whether anything has that name, a broken symbolic link included.
    public static func exists(_ path: String) -> Bool {
        var info = stat()
        return lstat(path, &info) == 0
    }

    /// A name in `folder` that nothing has, hidden, and never the same twice.
    public static func temporaryName(in folder: String, suffix: String = ".part") -> String {
        let random = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        return "\(folder)/.bpubsub-\(getpid())-\(random)\(suffix)"
    }

    /// The path without links and dots.
    ///
    /// - Throws: also when there is nothing, or when the result is not UTF-8.
    public static func canonicalPath(_ path: String) throws(SystemError) -> String {
        guard let resolved = realpath(path, nil) else { throw SystemError("find \(path)") }
        defer { free(resolved) }
        guard let text = String(validatingCString: resolved) else {
            throw SystemError("use \(path), whose real path is not UTF-8", code: EILSEQ)
        }
        return text
    }

    /// The path from the root on; links in it stay.
    public static func absolutePath(_ path: String) throws(SystemError) -> String {
        if path.hasPrefix("/") { return path }
        return "\(try canonicalPath("."))/\(path)"
    }

    /// Returns when the names in a folder are on the disk.
    public static func synchronizeFolder(_ path: String) throws(SystemError) {
        let folder = try FileDescriptor(path)
        guard fsync(folder.raw) == 0 else { throw SystemError("synchronize \(path)") }
    }

    /// All bytes of a file.
    ///
    /// - Throws: with code `EFBIG` when there are more than `limit`.
    public static func readAll(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
        let file = try FileDescriptor(path)
        let bytes = try file.read(at: 0, count: limit + 1)
        guard bytes.count <= limit else {
            throw SystemError("read \(path), which has more than \(limit) bytes", code: EFBIG)
        }
        return bytes.array
    }

    /// Makes `bytes` the content of a file, so that at every moment, and after a crash, the file has all of the old
    /// content or all of the new.
    public static func writeAtomically(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o644) throws(SystemError) {
        let folder = self.folder(of: path)
        let temporary = temporaryName(in: folder)
        do {
            let file = try FileDescriptor(temporary, .creating, mode: mode)
            try file.write(bytes.span.bytes, at: 0)
            try file.synchronize()
            try rename(temporary, to: path)
        } catch {
            _ = Glibc.unlink(temporary)
            throw error
        }
        try synchronizeFolder(folder)
    }

    /// The folder that a path's last component is in.
    public static func folder(of path: String) -> String {
        // By bytes: a mark behind a slash makes them one `Character`.
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The name of this machine, or `localhost` when it has none.
    public static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0,
            let text = name.withUnsafeBufferPointer({ buffer in
                buffer.baseAddress.flatMap { String(validatingCString: $0) }
            }), !text.isEmpty
        else { return "localhost" }
        return text
    }
}

extension FileSystem {
    /// What is in a folder, with the kinds of the entries.
    public struct Listing: Sendable {
        public struct Entry: Hashable, Sendable {
            public let name: String
            /// Of the entry itself: links are not followed.
            public let kind: FileIdentity.Kind
        }

        /// In the order of the folder, without "." and "..".
        public internal(set) var entries: [Entry] = []
        /// Names that are not UTF-8, made readable: such a file cannot be named in this program.
        public internal(set) var unusable: [String] = []
    }

    /// Lists a folder.
    public static func list(_ path: String) throws(SystemError) -> Listing {
        guard let folder = opendir(path) else { throw SystemError("list \(path)") }
        defer { closedir(folder) }
        var listing = Listing()
        while true {
            errno = 0
            guard let entry = readdir(folder) else {
                if errno != 0 { throw SystemError("list \(path)") }
                return listing
            }
            // The pointer from C is to the entry, whose name ends with a zero byte; valid until the next readdir.
            let (name, lossy) = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                let bytes = UnsafeRawPointer(tuple).assumingMemoryBound(to: CChar.self)
                return (String(validatingCString: bytes), String(cString: bytes))
            }
            if name == "." || name == ".." { continue }
            guard let name else {
                listing.unusable.append(lossy)
                continue
            }
            if let kind = kind(of: name, in: path, hint: Int32(entry.pointee.d_type)) {
                listing.entries.append(.init(name: name, kind: kind))
            }
        }
    }

    /// `nil` when the entry has gone meanwhile.
    private static func kind(of name: String, in folder: String, hint: Int32) -> FileIdentity.Kind? {
        switch hint {
        case Int32(DT_REG): .regular
        case Int32(DT_DIR): .directory
        case Int32(DT_LNK): .symbolicLink
        // Some file systems do not tell.
        case Int32(DT_UNKNOWN):
            // Not lost: an entry that cannot be looked at is an entry that has gone.
            try? FileIdentity(path: "\(folder)/\(name)", followingLinks: false).kind
        default: .other
        }
    }
}

internal import Glibc

/// What `stat` says of a file: enough to tell whether it is still the file that was read.
public struct FileIdentity: Hashable, Sendable {
    public enum Kind: Sendable { case regular, directory, symbolicLink, other }

    public let kind: Kind
    public let device: UInt64
    public let inode: UInt64
    /// Bytes.
    public let size: Int64
    /// Nanoseconds since 1970, of the last change of content.
    public let modified: Int64
    /// Nanoseconds since 1970, of the last change of content or inode.
    public let changed: Int64
    /// Seconds since 1970, of the last change of content, also of years that nanoseconds do not reach; no part of what files
    /// are told apart by.
    public let modifiedSeconds: Double

    /// One that was kept somewhere.
    public init(kind: Kind, device: UInt64, inode: UInt64, size: Int64, modified: Int64, changed: Int64) {
        self.kind = kind
        self.device = device
        self.inode = inode
        self.size = size
        self.modified = modified
        self.changed = changed
        modifiedSeconds = Timestamp(nanoseconds: modified).seconds
    }

    public static func == (a: FileIdentity, b: FileIdentity) -> Bool {
        a.kind == b.kind && a.device == b.device && a.inode == b.inode && a.size == b.size && a.modified == b.modified
            && a.changed == b.changed
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(device)
        hasher.combine(inode)
        hasher.combine(changed)
    }

    init(_ info: stat) {
        kind =
            switch info.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            default: .other
            }
        device = UInt64(info.st_dev)
        inode = UInt64(info.st_ino)
        size = Int64(info.st_size)
        let moment = Timestamp(info.st_mtim)
        modified = moment.nanoseconds
        modifiedSeconds = moment.seconds
        changed = Timestamp(info.st_ctim).nanoseconds
    }

    /// The identity of what `path` names; a symbolic link is followed unless `followingLinks` is false.
    ///
    /// - Throws: ``SystemError``, with ``SystemError/notFound`` when there is nothing.
    public init(path: String, followingLinks: Bool = true) throws(SystemError) {
        var info = stat()
        let code = followingLinks ? stat(path, &info) : lstat(path, &info)
        guard code == 0 else { throw SystemError("look at \(path)") }
        self.init(info)
    }
}

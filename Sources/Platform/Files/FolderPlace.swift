internal import CSystem
internal import Glibc

/// Where a folder is: on which file system, and as what.
public struct FolderPlace: Hashable, Sendable {
    public let device: UInt64
    public let inode: UInt64
    /// The file system's own number, which stays over starts of the machine; zero where it has none.
    public let fileSystem: UInt64
    /// The kernel's number of the kind of file system.
    public let kind: UInt64

    /// One that was kept somewhere.
    public init(device: UInt64, inode: UInt64, fileSystem: UInt64, kind: UInt64 = 0) {
        self.device = device
        self.inode = inode
        self.fileSystem = fileSystem
        self.kind = kind
    }

    /// The place of the folder that `path` leads to.
    public init(path: String) throws(SystemError) {
        let identity = try FileIdentity(path: path)
        guard identity.kind == .directory else { throw SystemError("look at \(path)", code: ENOTDIR) }
        var kind: UInt64 = 0, number: UInt64 = 0
        guard csystem_file_system(path, &kind, &number) == 0 else {
            throw SystemError("look at the file system of \(path)")
        }
        self.init(device: identity.device, inode: identity.inode, fileSystem: number, kind: kind)
    }

    /// Whether it is the same folder, also after the machine was started anew and devices have other numbers.
    public func isSame(as other: FolderPlace) -> Bool {
        inode == other.inode && (device == other.device || fileSystem != 0 && fileSystem == other.fileSystem)
    }

    /// Whether a file system is mounted on the folder; false where the kernel does not tell.
    public static func isMountPoint(_ path: String) -> Bool { csystem_is_mount_point(path) == 1 }
}

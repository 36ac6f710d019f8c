internal import Glibc

/// The entries of a folder, read through a descriptor of its own.
public struct FolderListing: Sendable {
    /// Whose names are UTF-8, in the order in which the file system has them; without "." and "..".
    public let names: [String]
    /// How many entries have other names.
    public let unreadableNames: Int
    /// The folder itself.
    public let identity: FileIdentity
    /// Where the folder really is: without symbolic links.
    public let realPath: String

    public init(_ path: String) throws(SystemError) {
        let folder = try Self.open(path)
        identity = try folder.identity()
        realPath = try folder.realPath()
        (names, unreadableNames) = try Self.read(folder)
    }

    /// Where a folder really is, without reading it.
    public static func realPath(of path: String) throws(SystemError) -> String { try open(path).realPath() }

    private static func open(_ path: String) throws(SystemError) -> FileDescriptor {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open the folder \(path)") }
        return FileDescriptor(taking: descriptor, path: path)
    }

    private static func read(_ folder: FileDescriptor) throws(SystemError) -> (names: [String], unreadable: Int) {
        // `closedir` closes the descriptor that it works on.
        let own = dup(folder.raw)
        guard own >= 0, let stream = fdopendir(own) else {
            let error = SystemError("read the folder \(folder.path)")
            if own >= 0 { close(own) }
            throw error
        }
        defer { closedir(stream) }
        var names: [String] = []
        var unreadable = 0
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw SystemError("read the folder \(folder.path)") }
                return (names, unreadable)
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: UInt8.self, capacity: 256) {
                    String(validating: UnsafeBufferPointer(start: $0, count: strlen($0)), as: UTF8.self)
                }
            }
            guard let name else {
                unreadable += 1
                continue
            }
            if name != "." && name != ".." { names.append(name) }
        }
    }
}

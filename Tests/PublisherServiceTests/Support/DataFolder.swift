import Glibc
import Platform
import TestSupport

/// The folder that is published, and what users and programs do to it.
struct DataFolder: Sendable {
    let path: String

    init(_ path: String) throws {
        self.path = path
        try FileSystem.createDirectories(path)
    }

    func callAsFunction(_ name: String) -> String { path + "/" + name }

    /// Opens, truncates, writes, closes.
    func write(_ name: String, _ bytes: [UInt8]) throws {
        let file = try open(name)
        try file.resize(to: 0)
        try file.write(bytes.span.bytes, at: 0)
    }

    /// Opens for writing, for as long as the result lives.
    func open(_ name: String) throws -> FileDescriptor { try FileDescriptor(self(name), .readingAndWriting) }

    func makeFolder(_ name: String) throws { try FileSystem.createDirectories(self(name)) }
    func rename(_ name: String, to target: String) throws { try FileSystem.rename(self(name), to: self(target)) }
    func remove(_ name: String) throws { try FileSystem.removeTree(self(name)) }
    func link(_ name: String, to target: String) throws { try FileSystem.link(self(name), to: self(target)) }

    func symbolicLink(_ name: String, to target: String) throws {
        guard symlink(target, self(name)) == 0 else { throw TestFailure("symlink \(name): \(errno)") }
    }

    func makePipe(_ name: String) throws {
        guard mkfifo(self(name), 0o644) == 0 else { throw TestFailure("mkfifo \(name): \(errno)") }
    }

    func setMode(_ name: String, _ mode: UInt32) { chmod(self(name), mode) }

    /// Sets the time of the last change of content.
    func setTime(_ name: String, seconds: Int) {
        var times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
        utimensat(AT_FDCWD, self(name), &times, 0)
    }
}

extension FileDescriptor {
    func put(_ bytes: some Collection<UInt8>, at offset: Int64 = 0) throws {
        let bytes = Array(bytes)
        try write(bytes.span.bytes, at: offset)
    }
}

extension DataFolder {
    /// The permissions of a file.
    static func mode(_ path: String) throws -> UInt32 {
        var info = stat()
        guard stat(path, &info) == 0 else { throw TestFailure("stat \(path): \(errno)") }
        return UInt32(info.st_mode & 0o777)
    }
}

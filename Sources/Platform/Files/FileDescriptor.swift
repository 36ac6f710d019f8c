internal import CSystem
internal import Glibc

/// An open file, closed when the last reference goes.
///
/// All reads and writes name their offset, so one descriptor serves any number of threads. Every call blocks: from
/// async code go through a ``BlockingPool``.
public final class FileDescriptor: Sendable {
    public enum Access: Sendable {
        case reading
        /// Created if it does not exist.
        case readingAndWriting
        /// Fails when it exists.
        case creating
    }

    package let raw: Int32
    public let path: String

    /// Opens `path`; a symbolic link in its last component is refused when `followingLinks` is false.
    public init(
        _ path: String, _ access: Access = .reading, followingLinks: Bool = true, mode: UInt32 = 0o644
    ) throws(SystemError) {
        let flags: Int32 =
            switch access {
            // Non-blocking, so that a FIFO cannot hang the caller; it has no effect on regular files.
            case .reading: O_RDONLY | O_NONBLOCK
            case .readingAndWriting: O_RDWR | O_CREAT
            case .creating: O_RDWR | O_CREAT | O_EXCL
            }
        raw = csystem_open(path, flags | O_CLOEXEC | (followingLinks ? 0 : O_NOFOLLOW), mode)
        guard raw >= 0 else { throw SystemError("open \(path)") }
        if DescriptorPlan.isOfTheLast(raw) {
            close(raw)
            throw SystemError("open \(path)", code: EMFILE)
        }
        self.path = path
    }

    /// Takes over a descriptor that is already open.
    package init(taking raw: Int32, path: String) {
        self.raw = raw
        self.path = path
    }

    deinit { close(raw) }

    public func identity() throws(SystemError) -> FileIdentity {
        var info = stat()
        guard fstat(raw, &info) == 0 else { throw SystemError("look at \(path)") }
        return FileIdentity(info)
    }

    /// Reads up to `count` bytes at `offset`, fewer only at the end of the file.
    public func read(at offset: Int64, count: Int) throws(SystemError) -> SharedBytes {
        try SharedBytes(capacity: count) { (span: inout OutputRawSpan) throws(SystemError) in
            try read(at: offset, count: count, into: &span)
        }
    }

    /// Appends up to `count` bytes found at `offset` to `span`, fewer only at the end of the file.
    public func read(at offset: Int64, count: Int, into span: inout OutputRawSpan) throws(SystemError) {
        let failure = span.withUnsafeMutableBytes { buffer, initialized -> SystemError? in
            var left = min(count, buffer.count - initialized)
            var position = offset
            while left > 0 {
                let got = pread(raw, buffer.baseAddress! + initialized, left, off_t(position))
                if got < 0 && errno == EINTR { continue }
                if got < 0 { return SystemError("read \(path) at \(position)") }
                if got == 0 { break }
                initialized += got
                left -= got
                position += Int64(got)
            }
            return nil
        }
        if let failure { throw failure }
    }

    /// Writes all of `bytes` at `offset`.
    public func write(_ bytes: RawSpan, at offset: Int64) throws(SystemError) {
        let failure = bytes.withUnsafeBytes { buffer -> SystemError? in
            var done = 0
            while done < buffer.count {
                let put = pwrite(raw, buffer.baseAddress! + done, buffer.count - done, off_t(offset) + off_t(done))
                if put < 0 && errno == EINTR { continue }
                if put < 0 { return SystemError("write \(path) at \(offset + Int64(done))") }
                done += put
            }
            return nil
        }
        if let failure { throw failure }
    }

    /// Returns when all that was written is on the disk.
    public func synchronize() throws(SystemError) {
        guard fdatasync(raw) == 0 else { throw SystemError("synchronize \(path)") }
    }

    /// Bytes that the file takes on the disk.
    public func allocatedBytes() throws(SystemError) -> Int64 {
        var info = stat()
        guard fstat(raw, &info) == 0 else { throw SystemError("look at \(path)") }
        return Int64(info.st_blocks) * 512
    }

    public func resize(to size: Int64) throws(SystemError) {
        guard ftruncate(raw, off_t(size)) == 0 else { throw SystemError("resize \(path)") }
    }

    /// Gives the disk space of a range back; it reads as zeros afterwards.
    public func punchHole(at offset: Int64, length: Int64) throws(SystemError) {
        guard csystem_punch_hole(raw, offset, length) == 0 else { throw SystemError("punch a hole in \(path)") }
    }
}

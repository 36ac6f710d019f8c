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

extension FileDescriptor {
    /// Copies `length` bytes of `source`, inside the kernel where it can.
    public func copy(
        from source: FileDescriptor, at sourceOffset: Int64, to offset: Int64, length: Int64
    ) throws(SystemError) {
        var done: Int64 = 0
        while done < length {
            let copied = csystem_copy_range(
                source.raw, sourceOffset + done, raw, offset + done, Int(min(length - done, 1 << 30)))
            if copied < 0 && errno == EINTR { continue }
            if copied <= 0 { break }
            done += Int64(copied)
        }
        // Across file systems, or where the call is not there: by hand.
        while done < length {
            let piece = try source.read(at: sourceOffset + done, count: Int(min(length - done, 1 << 20)))
            guard piece.count > 0 else { throw SystemError("copy all of \(source.path)", code: EIO) }
            try piece.withBytes { (bytes: RawSpan) throws(SystemError) in try write(bytes, at: offset + done) }
            done += Int64(piece.count)
        }
    }

    /// Makes this file, which is empty, the same as `source` without using disk space for it.
    ///
    /// - Returns: false where the file system cannot.
    public func clone(of source: FileDescriptor) -> Bool { csystem_clone(source.raw, raw) == 0 }

    public func setMode(_ mode: UInt32) throws(SystemError) {
        guard fchmod(raw, mode) == 0 else { throw SystemError("set the rights of \(path)") }
    }

    /// Lends a range of the file as memory, for a look at something too large to read into a buffer.
    ///
    /// The range lies inside the file, and nobody may shorten the file meanwhile: a mapping beyond the end is a signal
    /// and not an error. So for files in folders of our own only.
    public func withMapping<Result: ~Copyable>(
        _ range: Range<Int64>, _ body: (RawSpan) -> Result
    ) throws(SystemError) -> Result {
        let page = Int64(sysconf(Int32(_SC_PAGESIZE)))
        let start = range.lowerBound / page * page
        let length = Int(range.upperBound - start)
        guard length > 0, let base = mmap(nil, length, PROT_READ, MAP_SHARED, raw, off_t(start)), base != MAP_FAILED
        else {
            throw SystemError("map \(path)")
        }
        defer { munmap(base, length) }
        let skipped = Int(range.lowerBound - start)
        return body(UnsafeRawBufferPointer(start: base + skipped, count: length - skipped).bytes)
    }
}

/// What a file has besides its bytes. Every call blocks.
extension FileDescriptor {
    /// A note that the file carries with it, of at most 256 bytes; `nil` when it has none of that name, or the file system keeps
    /// no such notes.
    public func note(_ name: String) -> String? {
        var value = [UInt8](repeating: 0, count: 256)
        let length = csystem_get_attribute(raw, "user.\(name)", &value, UInt(value.count))
        return length < 0 ? nil : String(decoding: value.prefix(length), as: UTF8.self)
    }

    /// Gives the file a note to carry.
    ///
    /// - Returns: whether the file system keeps such notes.
    @discardableResult public func setNote(_ name: String, _ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return csystem_set_attribute(raw, "user.\(name)", bytes, UInt(bytes.count)) == 0
    }

    /// Makes it a file whose content was last changed at that time.
    public func setModified(_ time: Timestamp) throws(SystemError) {
        var (second, fraction) = time.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        if fraction < 0 {
            fraction += 1_000_000_000
            second -= 1
        }
        guard csystem_set_modified(raw, second, Int(fraction)) == 0 else {
            throw SystemError("set the time of \(path)")
        }
    }

    /// Makes the file this process's own, as far as others ask.
    ///
    /// - Returns: false when another has it.
    public func lock() -> Bool { flock(raw, LOCK_EX | LOCK_NB) == 0 }

    /// Returns when all that was written on its file system, by whomever, is on the disk: for many files less than each alone.
    public func synchronizeFileSystem() throws(SystemError) {
        guard csystem_sync_file_system(raw) == 0 else { throw SystemError("synchronize the file system of \(path)") }
    }
}

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

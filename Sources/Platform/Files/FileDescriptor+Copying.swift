internal import CSystem
internal import Glibc

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

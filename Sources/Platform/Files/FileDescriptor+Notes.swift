internal import CSystem
internal import Glibc

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

internal import Arrays
internal import Glibc
internal import Platform

extension ArrayFile {
    /// Lets `write` make a file in the folder of `path`, and renames it over `path` once it is on the disk.
    static func replace(
        _ path: String, by write: (_ temporary: String) throws(ArrayError) -> Void
    ) throws(ArrayError) {
        let name = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path.utf8.index(after: $0) } ?? path.startIndex
        let folder = name == path.startIndex ? "." : String(path[..<name])
        // C-Blosc2 would not say why it cannot.
        guard access(folder, W_OK) == 0 else {
            throw ArrayError(.inputOutput, path, cause: SystemError("write in \(folder)", code: errno))
        }
        // The dot keeps a publisher from looking at it.
        let temporary = "\(path[..<name]).\(path[name...]).\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        defer { unlink(temporary) }
        try write(temporary)
        do throws(SystemError) {
            try FileDescriptor(temporary).synchronize()
            guard rename(temporary, path) == 0 else { throw SystemError("replace \(path)", code: errno) }
        } catch {
            throw ArrayError(.inputOutput, path, cause: error)
        }
    }

    static func copy(_ path: String, to other: String) throws(ArrayError) {
        do throws(SystemError) {
            let source = try FileDescriptor(path)
            let target = try FileDescriptor(other, .creating)
            try target.copy(from: source, at: 0, to: 0, length: source.identity().size)
        } catch {
            throw ArrayError(.inputOutput, "copy \(path)", cause: error)
        }
    }
}

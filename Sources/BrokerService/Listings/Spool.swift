import Catalogue
import HTTP
import Platform

/// A text of any length that is made faster than it is read: in memory while it is short, then in a file without a name.
struct Spool: Sendable {
    private let folder: String
    private var buffer: [UInt8] = []
    private var file: FileDescriptor?
    private var written: Int64 = 0

    private static let memory = 128 * 1024

    init(folder: String) { self.folder = folder }

    mutating func append(_ bytes: some Collection<UInt8>) throws {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.memory { try spill() }
    }

    private mutating func spill() throws {
        let file = try file ?? makeFile()
        try SharedBytes(buffer).withBytes { bytes throws(SystemError) in try file.write(bytes, at: written) }
        written += Int64(buffer.count)
        self.file = file
        buffer.removeAll(keepingCapacity: true)
    }

    /// The disk gives the space back when nobody has the file open any more, whatever happens to this process.
    private func makeFile() throws -> FileDescriptor {
        let path = "\(folder)/\(SecureRandom.hexadecimal(bytes: 8))"
        let file = try FileDescriptor(path, .creating)
        try FileSystem.unlink(path)
        return file
    }

    mutating func finish() throws -> HTTPResponse.Body {
        guard file != nil else { return .bytes(SharedBytes(buffer)) }
        try spill()
        guard let file else { return .none }
        return .file(file, offset: 0, length: written)
    }
}

import Catalogue
import Digests
import HTTP
import Platform

/// A text of any length that is made faster than it is read: in memory while it is short, then in a file without a name.
struct Spool {
    private let folder: String
    private let budget: ByteBudget
    private var claim: ByteBudget.Claim?
    private let gzip: GzipStream?
    /// What was appended last.
    private var text: [UInt8] = []
    /// Text, compressed if it is to be.
    private var ready: [UInt8] = []
    private var file: FileDescriptor?
    private var written: Int64 = 0

    private static let portion = 64 * 1024
    private static let memory = 128 * 1024

    /// - Parameter budget: of all that is on disk.
    init(folder: String, budget: ByteBudget, isCompressed: Bool) {
        self.folder = folder
        self.budget = budget
        gzip = isCompressed ? GzipStream() : nil
    }

    mutating func append(_ bytes: some Collection<UInt8>) throws {
        text.append(contentsOf: bytes)
        guard text.count >= Self.portion else { return }
        compress()
        if ready.count >= Self.memory { try spill() }
    }

    mutating func finish() throws -> (HTTPResponse.Body, ByteBudget.Claim?) {
        compress()
        if let gzip { ready += gzip.finish() }
        guard file != nil else { return (.bytes(SharedBytes(ready)), nil) }
        try spill()
        guard let file else { return (.none, nil) }
        return (.file(file, offset: 0, length: written), claim)
    }

    private mutating func compress() {
        if let gzip { ready += SharedBytes(text).withBytes { gzip.feed($0) } } else { ready += text }
        text.removeAll(keepingCapacity: true)
    }

    private mutating func spill() throws {
        if let claim { try claim.grow(by: ready.count) } else { claim = try budget.claimNow(ready.count) }
        let file = try file ?? makeFile()
        try SharedBytes(ready).withBytes { bytes throws(SystemError) in try file.write(bytes, at: written) }
        written += Int64(ready.count)
        self.file = file
        ready.removeAll(keepingCapacity: true)
    }

    /// The disk gives the space back when nobody has the file open any more, whatever happens to this process.
    private func makeFile() throws -> FileDescriptor {
        let path = "\(folder)/\(SecureRandom.hexadecimal(bytes: 8))"
        let file = try FileDescriptor(path, .creating)
        try FileSystem.unlink(path)
        return file
    }
}

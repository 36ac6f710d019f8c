import Platform
import Synchronization

/// The folder of a broker's log: made if need be, and owned by one broker at a time.
final class BrokerFolder: Sendable {
    let path: String
    private let lock: Locked<FolderLock?>

    var log: String { "\(path)/log.db" }
    /// Bytes of the log's files. Blocks.
    var logSize: Int64 {
        ["", "-wal"].saturatingSum { (try? FileIdentity(path: log + $0).size) ?? 0 }
    }

    /// Files in it live as long as an answer is sent.
    var spool: String { "\(path)/spool" }

    /// - Throws: an error that names the folder, and who has it if somebody has.
    init(_ path: String) throws {
        self.path = path
        try StateFolder.prepare(path)
        lock = Locked(try FolderLock(path, owner: "bpubsub-broker"))
        // What a process that was killed may have left.
        try FileSystem.removeTree(spool)
        try FileSystem.createDirectories(spool)
    }

    /// Lets another broker have the folder.
    func release() { lock.withLock { $0 = nil } }
}

internal import Catalogue
internal import Platform

/// Files that have all their bytes and wait for their names: these are given to many at once, after one wait for the disk, so
/// that a name never stands for bytes that a crash takes away.
struct ArrivedFiles {
    struct Arrived: Sendable {
        let path: DatasetPath
        let file: ArrivingFile
        let modified: Double
    }

    private static let countLimit = 256
    private static let byteLimit: Int64 = 64 << 20
    /// Files up to this number are waited for one by one: others write to the file system as well.
    private static let fewFiles = 4

    private var waiting: [Arrived] = []
    private var bytes: Int64 = 0

    var isFull: Bool { waiting.count >= Self.countLimit || bytes >= Self.byteLimit }

    mutating func add(_ arrived: Arrived) {
        waiting.append(arrived)
        bytes += arrived.file.received
    }

    /// Names all that wait. Blocks.
    ///
    /// - Parameter named: called for each, with what was in the way.
    func name(_ named: (Arrived, SystemError?) -> Void) throws {
        let files = waiting
        guard let first = files.first else { return }
        if files.count <= Self.fewFiles {
            for arrived in files { try arrived.file.withFile { file in try file.synchronize() } }
        } else {
            try first.file.withFile { file in try file.synchronizeFileSystem() }
        }
        // A file system may take two names for one: that of a file that was just written is not taken away from it.
        var written: Set<UInt64> = []
        for arrived in files {
            do throws(SystemError) {
                if let there = try? FileIdentity(path: arrived.file.target, followingLinks: false),
                    written.contains(there.inode)
                {
                    throw SystemError(
                        "write \(arrived.file.target), which here is another dataset's name as well", code: 17)
                }
                try arrived.file.move(modified: Timestamp(seconds: arrived.modified))
                if let there = try? FileIdentity(path: arrived.file.target, followingLinks: false) {
                    written.insert(there.inode)
                }
                named(arrived, nil)
            } catch {
                named(arrived, error)
            }
        }
        if files.count <= Self.fewFiles {
            for folder in Set(files.map { ExactText(FileSystem.folder(of: $0.file.target)) }) {
                try FileSystem.synchronizeFolder(folder.text)
            }
        } else {
            try first.file.withFile { file in try file.synchronizeFileSystem() }
        }
    }
}

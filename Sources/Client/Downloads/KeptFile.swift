internal import Arrays
internal import Catalogue
internal import Platform
internal import Versions

/// A file that an earlier download may have written. Every call blocks.
enum KeptFile {
    private static let note = "bpubsub.kept"
    /// Between the note's time and the file's: giving the file its name changes its inode once more.
    private static let tolerance: Int64 = 2_000_000_000

    /// Whether the file has the dataset's bytes. Its size and time are no proof: where it carries no note of ours that is younger
    /// than its last change of any kind, it is read.
    static func isCurrent(_ path: String, _ dataset: Dataset) throws -> Bool {
        guard let there = try? FileIdentity(path: path, followingLinks: false), there.kind == .regular,
            there.size == dataset.size, let file = try? FileDescriptor(path, followingLinks: false)
        else { return false }
        let modified = Timestamp(seconds: dataset.modified)
        if isMarked(file, there, dataset.version) {
            if there.modified != modified.nanoseconds { set(modified, file, dataset.version) }
            return true
        }
        guard try VersionMaker.version(of: FileSource(file)).manifest.version == dataset.version else { return false }
        set(modified, file, dataset.version)
        return true
    }

    /// Notes in the file which version it is.
    static func mark(_ file: FileDescriptor, _ version: Version) {
        guard let now = try? file.identity() else { return }
        file.setNote(note, "\(version) \(now.size) \(now.modified) \(Timestamp.now.nanoseconds)")
    }

    private static func set(_ modified: Timestamp, _ file: FileDescriptor, _ version: Version) {
        // Whose file it is not, or what takes no times: the bytes are right all the same.
        try? file.setModified(modified)
        mark(file, version)
    }

    private static func isMarked(_ file: FileDescriptor, _ there: FileIdentity, _ version: Version) -> Bool {
        let fields = file.note(note)?.split(separator: " ") ?? []
        guard fields.count == 4, fields[0] == version.description, Int64(fields[1]) == there.size,
            Int64(fields[2]) == there.modified, let time = Int64(fields[3])
        else { return false }
        let (distance, overflow) = there.changed.subtractingReportingOverflow(time)
        return !overflow && distance.magnitude <= Self.tolerance.magnitude
    }
}

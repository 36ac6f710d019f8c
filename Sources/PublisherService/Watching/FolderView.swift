internal import Platform

/// What the watcher's decisions depend on: the folder as it is found now, what is known of its files, and the time.
protocol FolderView {
    /// When the decision is made.
    var now: ContinuousClock.Instant { get }
    /// The same by the clock that files have their times from.
    var time: Timestamp { get }

    func entry(_ path: RelativePath) -> FolderEntry
    /// Whether somebody has the file open for writing.
    func writers(_ path: RelativePath) -> FileDescriptor.Writers
    /// Bytes of what is published of a file.
    func length(_ path: RelativePath, _ identity: FileIdentity) -> Int64
    /// Whether what is packed in the file is published.
    func isUnpacked(_ path: RelativePath) -> Bool
    /// The part of the folder that is away, and holds `path`.
    func awayPlace(of path: RelativePath) -> RelativePath?
    /// What was published of the file.
    func known(_ path: RelativePath) -> FileTable.Entry?
    func siblings(of path: RelativePath) -> [RelativePath]
    /// Whether the file is going to be looked at anyway.
    func isPending(_ path: RelativePath) -> Bool
}

/// The folder itself.
struct LiveFolder: FolderView {
    let files: PublishedFiles
    /// A server refuses to tell of writers for reasons of its own.
    let tellsWriters: Bool

    var now: ContinuousClock.Instant { .now }
    var time: Timestamp { .now }
    func entry(_ path: RelativePath) -> FolderEntry { files.folder.entry(path) }
    func length(_ path: RelativePath, _ identity: FileIdentity) -> Int64 { files.folder.length(path, identity) }
    func isUnpacked(_ path: RelativePath) -> Bool { files.folder.isUnpacked(path) }
    func awayPlace(of path: RelativePath) -> RelativePath? { files.places.awayPlace(of: path) }
    func known(_ path: RelativePath) -> FileTable.Entry? { files.entry(path) }
    func siblings(of path: RelativePath) -> [RelativePath] { files.siblings(of: path) }
    func isPending(_ path: RelativePath) -> Bool { files.isPending(path) }

    func writers(_ path: RelativePath) -> FileDescriptor.Writers {
        if !tellsWriters { return .unknown }
        do throws(FolderError) {
            return try files.folder.openExpected(path).file.writers()
        } catch {
            // The reader will meet the same error, and say what is to be done.
            return .none
        }
    }
}

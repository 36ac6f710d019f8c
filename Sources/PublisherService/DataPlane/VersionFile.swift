internal import Catalogue
internal import HTTP
internal import Platform

/// An open file with the bytes of a version, as long as it stays what it was when it was read.
struct VersionFile: Sendable {
    let version: Version
    let path: RelativePath
    let file: FileDescriptor
    let identity: FileIdentity

    /// Reads a range; what comes is of this version.
    ///
    /// - Throws: ``Refusal`` with 410 when the file has changed. Blocks.
    func read(_ range: Range<Int64>) throws -> SharedBytes {
        let bytes = try file.read(at: range.lowerBound, count: range.count)
        // Behind the reading: what was written before it shows in the times.
        guard bytes.count == range.count, try isCurrent() else { throw Refusal.gone(version) }
        return bytes
    }

    /// Whether the file is still as it was when its version was made.
    func isCurrent() throws(SystemError) -> Bool { try file.identity().isUnchanged(from: identity) }
}

/// Finds the files that have a version.
struct VersionFiles: Sendable {
    let folder: PublishedFolder
    let index: FolderIndex
    /// Asks for a look at a file that is not what the index says.
    let suspect: @Sendable (RelativePath) -> Void
    /// Tells that the bytes of a file are not what they were, whatever its times say.
    var distrust: @Sendable (RelativePath) -> Void = { _ in }
    var places = FolderPlaces()

    /// Any of the files that have the version. Blocks.
    func open(_ version: Version) throws -> VersionFile {
        let paths = index.paths(of: version)
        for path in paths {
            if let file = try open(path), file.version == version { return file }
        }
        if paths.contains(where: { !places.isPresent($0, in: folder) }) {
            throw Refusal(503, "the folder with this version is away: try again later", headers: ["Retry-After": "5"])
        }
        throw Refusal.gone(version)
    }

    /// Nil when the file is not, or no longer, what was published. Blocks.
    ///
    /// - Throws: `SystemError` when there is no descriptor for it, which says nothing about the file.
    func open(_ path: RelativePath) throws(SystemError) -> VersionFile? {
        guard let entry = index.entry(path) else { return nil }
        do throws(FolderError) {
            let (file, identity) = try folder.open(path)
            if identity.isUnchanged(from: entry.identity) {
                return VersionFile(version: entry.version, path: path, file: file, identity: identity)
            }
        } catch {
            if case .system(let error) = error, error.isOutOfDescriptors { throw error }
            // Whatever it is, the look will find it, and tell.
        }
        suspect(path)
        return nil
    }
}

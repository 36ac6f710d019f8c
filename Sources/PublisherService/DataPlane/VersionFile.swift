internal import Arrays
internal import Blosc2
internal import Catalogue
internal import HTTP
internal import Platform
internal import Versions
internal import Wire

/// An open file with the bytes of a version, as long as it stays what it was when it was read.
struct VersionFile: Sendable {
    let version: Version
    let path: RelativePath
    let file: FileDescriptor
    let identity: FileIdentity
    /// The version's bytes, as the file has them.
    let source: any ByteSource & Sendable
    /// Tells that they are not what they were.
    let distrust: @Sendable () -> Void

    var size: Int64 { source.size }

    /// Reads a range; what comes is of this version.
    ///
    /// - Throws: ``Refusal`` with 410 when the file has changed. Blocks.
    func read(_ range: Range<Int64>) throws -> SharedBytes {
        let bytes = try unpacked { () throws(SystemError) in
            try source.read(at: range.lowerBound, count: range.count)
        }
        // Behind the reading: what was written before it shows in the times.
        guard bytes.count == range.count, try isCurrent() else { throw Refusal.gone(version) }
        return bytes
    }

    /// Reads what may turn out to be packed wrongly.
    ///
    /// - Throws: ``Refusal`` with 410 when it is.
    func unpacked<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch {
            let cause = (error as? VersionError)?.cause ?? error
            guard (cause as? SystemError)?.code == UnpackedSource.damaged else { throw error }
            distrust()
            throw Refusal.gone(version)
        }
    }

    /// Whether the file is still as it was when its version was made.
    func isCurrent() throws(SystemError) -> Bool { try file.identity().isUnchanged(from: identity) }
}

/// Finds the files that have a version.
struct VersionFiles: Sendable {
    let index: PublishedFiles
    private var folder: PublishedFolder { index.folder }
    /// Parts of packed files that are asked for again and again.
    private let sections = UnpackedSections(limit: 64 << 20)

    init(_ index: PublishedFiles) { self.index = index }

    /// Any of the files that have the version. Blocks.
    func open(_ version: Version) throws -> VersionFile {
        let paths = index.paths(of: version)
        for path in paths {
            if let file = try open(path), file.version == version { return file }
        }
        if paths.contains(where: { !index.places.isPresent($0, in: folder) }) {
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
            let file = try folder.open(path)
            if file.isPacked == entry.isUnpacked, file.identity.isUnchanged(from: entry.identity) {
                return try versionFile(path, entry.version, file)
            }
        } catch {
            if case .system(let error) = error, error.isOutOfDescriptors { throw error }
            // Whatever it is, the look will find it, and tell.
        }
        index.ask(.settle(path))
        return nil
    }

    private func versionFile(
        _ path: RelativePath, _ version: Version, _ file: PublishedFolder.OpenFile
    ) throws(FolderError) -> VersionFile {
        var source: any ByteSource & Sendable = FileSource(file.file, size: file.identity.size)
        if file.isPacked {
            do throws(SystemError) {
                // Not the version alone: what was read while the file was another must not pass for it when it is back.
                let name = "\(version) \(file.identity.inode) \(file.identity.modified) \(file.identity.changed)"
                source = try UnpackedSource(source, sections: sections, name: name)
            } catch {
                if error.code == UnpackedSource.damaged { index.ask(.reread(path)) }
                throw .system(error)
            }
        }
        return VersionFile(
            version: version, path: path, file: file.file, identity: file.identity, source: source,
            distrust: { [index] in index.ask(.reread(path)) })
    }
}

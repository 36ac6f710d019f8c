internal import Arrays
internal import Blosc2
internal import Platform

/// With `--caterva2-files`, a file `X.b2` that is another one packed is seen as `X`, and not as itself: whoever asks for a
/// name, by ``entry(_:isExpecting:)`` or ``open(_:)``, finds one and the same. Such an `X.b2` takes the place of an `X` beside
/// it, but not of a folder `X`.
extension PublishedFolder {
    /// An open file, as it is published.
    struct OpenFile {
        let file: FileDescriptor
        let identity: FileIdentity
        /// Its bytes are to be unpacked.
        var isPacked = false
    }

    /// Opens a file for reading. Does not block, whatever it is.
    func open(_ path: RelativePath) throws(FolderError) -> OpenFile {
        guard unpacks, path != .root else { return try openItself(path) }
        if let file = try openPacked(path) { return file }
        let file = try openItself(path)
        if let name = path.unpacked, try isPacked(file), !isFolder(name) { throw .absent }
        return file
    }

    /// Opens the file that ``entry(_:isExpecting:)`` speaks of, also one that is still to become a packed one.
    func openExpected(_ path: RelativePath) throws(FolderError) -> OpenFile {
        do throws(FolderError) {
            return try open(path)
        } catch {
            guard unpacks, error == .absent, path != .root else { throw error }
            return try openItself(path.packed)
        }
    }

    /// - Parameter isExpecting: a file that has the name of a packed one and is nothing yet counts as the one that it may
    ///   become.
    func entry(_ path: RelativePath, isExpecting: Bool = true) -> FolderEntry {
        let own = entryItself(path)
        guard unpacks, path != .root, !own.isFolder else { return own }
        do throws(FolderError) {
            if let packed = try packedEntry(path, own, isExpecting: isExpecting) { return packed }
            guard own.isFile, let name = path.unpacked, !isFolder(name) else { return own }
            return try isPacked(openItself(path)) ? .absent : own
        } catch {
            return error == .absent ? own : .unpublishable(error)
        }
    }

    /// How many bytes there are to read, for an estimate.
    func length(_ path: RelativePath, _ identity: FileIdentity) -> Int64 {
        do throws(FolderError) {
            guard unpacks, let file = try openPacked(path), case .packed(let size) = try look(file) else {
                return identity.size
            }
            return max(size, identity.size)
        } catch {
            return identity.size
        }
    }

    /// Whether it is what is packed in another file.
    func isUnpacked(_ path: RelativePath) -> Bool {
        do throws(FolderError) {
            guard unpacks else { return false }
            return try openPacked(path) != nil
        } catch {
            return false
        }
    }

    /// What keeps a file that should be `path`, packed, from being one as yet; nil where there is none, or a whole one.
    func unfinishedPacked(_ path: RelativePath) throws(FolderError) -> (flaw: String, identity: FileIdentity)? {
        guard unpacks, path != .root, entryItself(path.packed).isFile else { return nil }
        do throws(FolderError) {
            let file = try openItself(path.packed)
            guard case .unfinished(let flaw) = try look(file) else { return nil }
            return (flaw, file.identity)
        } catch {
            if error.isPassing { throw error }
            return nil
        }
    }

    private func openPacked(_ path: RelativePath) throws(FolderError) -> OpenFile? {
        guard path.packed.unpacked != nil else { return nil }
        var file: OpenFile
        do throws(FolderError) {
            file = try openItself(path.packed)
        } catch {
            if error.isPassing { throw error }
            return nil
        }
        guard try isPacked(file), !isFolder(path) else { return nil }
        file.isPacked = true
        return file
    }

    private func packedEntry(
        _ path: RelativePath, _ own: FolderEntry, isExpecting: Bool
    ) throws(FolderError) -> FolderEntry? {
        guard path.packed.unpacked != nil else { return nil }
        let entry = entryItself(path.packed)
        guard entry.isFile else { return nil }
        let look: PackedFile
        do throws(FolderError) {
            look = try self.look(openItself(path.packed))
        } catch {
            if error.isPassing { throw error }
            return nil
        }
        switch look {
        case .packed: return entry
        case .unfinished: return isExpecting && !own.isFile ? entry : nil
        case .other: return nil
        }
    }

    private func isFolder(_ path: RelativePath) -> Bool { entryItself(path).isFolder }

    private func isPacked(_ file: OpenFile) throws(FolderError) -> Bool {
        guard case .packed = try look(file) else { return false }
        return true
    }

    private func look(_ file: OpenFile) throws(FolderError) -> PackedFile {
        do throws(SystemError) {
            return try PackedFile(FileSource(file.file, size: file.identity.size))
        } catch {
            throw FolderError(error)
        }
    }
}

extension FolderEntry {
    fileprivate var isFile: Bool {
        switch self {
        case .file, .link: true
        default: false
        }
    }

    fileprivate var isFolder: Bool {
        switch self {
        case .folder, .folderLink: true
        default: false
        }
    }
}

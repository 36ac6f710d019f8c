internal import Platform

/// What a path in the folder is found to be, without opening what must not be opened.
enum FolderEntry {
    case absent
    case file(FileIdentity)
    case folder
    /// A symbolic link to a file inside the folder.
    case link(FileIdentity, target: RelativePath)
    /// A symbolic link to a folder inside the folder.
    case folderLink(target: RelativePath)
    /// A symbolic link to nothing: there may be something later.
    case danglingLink
    case unpublishable(FolderError)
}

extension PublishedFolder {
    /// Whether there is a file at the path that can be published. Blocks.
    func publishes(_ path: RelativePath) -> Bool {
        switch entry(path, isExpecting: false) {
        case .file, .link: true
        default: false
        }
    }

    /// What is there under this very name.
    func entryItself(_ path: RelativePath) -> FolderEntry {
        let absolute = absolute(path)
        do throws(SystemError) {
            let identity = try FileIdentity(path: absolute, followingLinks: false)
            switch identity.kind {
            case .regular: return SkippedNames.isProbe(path, size: identity.size) ? .absent : .file(identity)
            // The publisher's own folder.
            case .directory: return relative(absolute) == nil && path != .root ? .absent : .folder
            case .symbolicLink: return link(path)
            case .other: return .unpublishable(.notAFile)
            }
        } catch {
            let error = FolderError(error)
            return error == .absent ? .absent : .unpublishable(error)
        }
    }

    private func link(_ path: RelativePath) -> FolderEntry {
        let absolute = absolute(path)
        do throws(SystemError) {
            // Looked at before it is opened: opening a device or a FIFO may do something.
            let identity = try FileIdentity(path: absolute)
            let place: String
            switch identity.kind {
            case .regular: place = try FileDescriptor(absolute).realPath()
            case .directory: place = try FolderListing.realPath(of: absolute)
            default: return .unpublishable(.notAFile)
            }
            guard let target = relative(place) else { return .unpublishable(.outside(place)) }
            return identity.kind == .regular ? .link(identity, target: target) : .folderLink(target: target)
        } catch {
            let error = FolderError(error)
            return error == .absent ? .danglingLink : .unpublishable(error)
        }
    }
}

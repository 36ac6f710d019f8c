internal import Catalogue
internal import Platform
internal import Synchronization

/// The folder that is published as a group: the only way to its files, none of which lies elsewhere.
struct PublishedFolder: Sendable {
    let group: GroupName
    /// As it was given, absolute: a link is followed anew when it is looked at.
    let path: String
    /// Absolute, without symbolic links.
    var root: String { target.withLock { $0 } }
    private let target: Target
    /// Folders that are not published even if they lie inside: the publisher's own state.
    private let excluded: [String]
    /// Whether what Caterva2 has packed is published as what it is.
    let unpacks: Bool

    /// Where the root is now.
    private final class Target: Sendable {
        private let path: Locked<String>
        init(_ path: String) { self.path = Locked(path) }
        func withLock<R: Sendable>(_ body: (inout String) -> R) -> R { path.withLock { body(&$0) } }
    }

    /// - Parameter last: where it was when it was published last: it may come back.
    /// - Throws: ``SystemError`` when there is no such folder.
    init(
        _ path: String, group: GroupName, excluding excluded: [String] = [], last: String? = nil,
        unpacking unpacks: Bool = false
    ) throws(SystemError) {
        self.group = group
        self.path = try FileSystem.absolutePath(path)
        self.excluded = excluded
        self.unpacks = unpacks
        do throws(SystemError) {
            target = Target(try FolderListing(path).realPath)
        } catch {
            guard let last, error.code != SystemError.notADirectory else { throw error }
            target = Target(last)
        }
    }

    /// Follows the path anew.
    ///
    /// - Returns: Whether it leads elsewhere.
    func follow() throws(SystemError) -> Bool {
        let place = try FolderListing.realPath(of: path)
        return target.withLock { target in
            defer { target = place }
            return target != place
        }
    }

    func absolute(_ path: RelativePath) -> String {
        if path == .root { return root }
        return root == "/" ? "/" + path.text : root + "/" + path.text
    }

    /// The place of a real path below the root; nil for one that lies elsewhere, or is the publisher's own.
    func relative(_ realPath: String) -> RelativePath? {
        guard Self.lies(realPath, in: root), !excluded.contains(where: { Self.lies(realPath, in: $0) }) else {
            return nil
        }
        let start = root == "/" ? 1 : root.utf8.count + 1
        return RelativePath(String(decoding: realPath.utf8.dropFirst(start), as: UTF8.self))
    }

    func datasetPath(_ path: RelativePath) throws(FolderError) -> DatasetPath {
        do {
            return try DatasetPath(group: group, relative: path.text)
        } catch {
            throw .unusableName(error.reason)
        }
    }

    /// Opens what is there under this very name.
    func openItself(_ path: RelativePath) throws(FolderError) -> OpenFile {
        do {
            let file = try FileDescriptor(absolute(path))
            // Only now, on what is open, can nobody put another thing in its place any more.
            let identity = try file.identity()
            guard identity.kind == .regular else { throw FolderError.notAFile }
            let place = try file.realPath()
            guard relative(place) != nil else { throw FolderError.outside(place) }
            return OpenFile(file: file, identity: identity)
        } catch let error as FolderError {
            throw error
        } catch let error as SystemError {
            // What a FIFO without a writer, or a socket, answers to being opened.
            if error.code == SystemError.noDevice { throw .notAFile }
            throw FolderError(error)
        } catch {
            preconditionFailure("no other error is thrown above: \(error)")
        }
    }

    private static func lies(_ path: String, in folder: String) -> Bool {
        let length = folder == "/" ? 0 : folder.utf8.count
        return path.utf8.starts(with: folder.utf8.prefix(length))
            && (path.utf8.count == length || path.utf8.dropFirst(length).first == UInt8(ascii: "/"))
    }
}

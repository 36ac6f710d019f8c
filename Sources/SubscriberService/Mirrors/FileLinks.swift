import Catalogue
import Digests
import Platform
import Synchronization

/// The copies that other programs open, under the datasets' own paths. Every call blocks.
///
/// Where the file system can, a copy shares the mirror's blocks and is a file of its own (``Kind/clone``); else it is the mirror
/// itself by a second name, read-only, and the mirror is looked at before it is served from (``Kind/link``); where there are no
/// such names it is a true copy, which takes its size once more (``Kind/copy``).
final class FileLinks: Sendable {
    /// No group's name begins so.
    private static let temporaryPrefix = ".new-"

    enum Kind: String, Sendable, Encodable { case clone, link, copy }

    let folder: String
    /// What the last copy was.
    let kind = Locked<Kind?>(nil)

    init(folder: String) { self.folder = folder }

    /// Removes what was being put in place when the process ended.
    func clean() {
        // Not lost: a folder that is not there has nothing to remove.
        let entries = (try? FileSystem.list(folder))?.entries ?? []
        for entry in entries where entry.name.hasPrefix(Self.temporaryPrefix) {
            try? FileSystem.unlink("\(folder)/\(entry.name)")
        }
        // What cannot be found out now is found out with the first copy.
        let found = try? probe()
        kind.withLock { $0 = found }
    }

    private func probe() throws(SystemError) -> Kind {
        try FileSystem.createDirectories(folder)
        let names = (0..<2).map { "\(folder)/\(Self.temporaryPrefix)\($0)" }
        defer { for name in names { try? FileSystem.unlink(name) } }
        let file = try FileDescriptor(names[0], .creating)
        try file.resize(to: 4096)
        if try copy(file, to: names[1], 0, byCloning: true) { return .clone }
        do {
            try FileSystem.link(names[0], to: names[1])
            return .link
        } catch {
            guard SystemError.meansNoLinks.contains(error.code) else { throw error }
            return .copy
        }
    }

    /// What the copy is, if it is there.
    func kind(of path: DatasetPath, mirror: String) -> Kind? {
        guard let there = try? FileIdentity(path: self.path(path), followingLinks: false), there.kind == .regular else {
            return nil
        }
        if let file = try? FileIdentity(path: mirror), file.inode == there.inode, file.device == there.device {
            return .link
        }
        return kind.withLock { $0 == .clone ? .clone : .copy }
    }

    /// The copy's path, if it is there.
    func existing(_ path: DatasetPath) -> String? {
        let file = self.path(path)
        return (try? FileIdentity(path: file, followingLinks: false))?.kind == .regular ? file : nil
    }

    func path(_ path: DatasetPath) -> String { "\(folder)/\(path.text)" }

    /// Puts a complete mirror in place at once: who has the older file open keeps it.
    ///
    /// - Parameters:
    ///   - modified: the dataset's own time, in nanoseconds since 1970; the copy has it, too.
    ///   - mayBeThere: what is there is of the same version, if its size and time are right.
    func set(
        _ path: DatasetPath, to mirror: String, modified: Int64, mayBeThere: Bool
    ) throws(SystemError) -> Kind {
        let target = self.path(path)
        if let known = existingCopy(at: target, of: mirror, modified), mayBeThere || known == .link { return known }
        // A folder that is made here may be removed as empty by who takes its last file away.
        for _ in 0..<3 {
            do { return try put(mirror, at: target, path, modified) } catch {
                guard error.code == SystemError.notFound, FileSystem.exists(mirror) else { throw error }
            }
        }
        return try put(mirror, at: target, path, modified)
    }

    private func existingCopy(at target: String, of mirror: String, _ modified: Int64) -> Kind? {
        guard let there = try? FileIdentity(path: target, followingLinks: false), there.kind == .regular,
            let wanted = try? FileIdentity(path: mirror), there.modified == modified, there.size == wanted.size
        else { return nil }
        if there.inode == wanted.inode, there.device == wanted.device { return .link }
        guard let kind = kind.withLock({ $0 }), kind != .link else { return nil }
        return kind
    }

    private func put(
        _ mirror: String, at target: String, _ path: DatasetPath, _ modified: Int64
    ) throws(SystemError) -> Kind {
        try makeRoom(for: path)
        let temporary = "\(folder)/\(Self.temporaryPrefix)\(SecureRandom.hexadecimal(bytes: 8))"
        do {
            let made = try make(temporary, of: mirror, modified)
            try FileSystem.rename(temporary, to: target)
            // Two names of one file are left as they are by a rename.
            try FileSystem.unlink(temporary)
            kind.withLock { $0 = made }
            return made
        } catch {
            try? FileSystem.unlink(temporary)
            throw error
        }
    }

    private func make(_ temporary: String, of mirror: String, _ modified: Int64) throws(SystemError) -> Kind {
        let source = try FileDescriptor(mirror, followingLinks: false)
        let known = kind.withLock { $0 }
        if known == nil || known == .clone, try copy(source, to: temporary, modified, byCloning: true) { return .clone }
        do {
            try FileSystem.link(mirror, to: temporary)
            try source.setMode(0o444)
            try source.setModified(Timestamp(nanoseconds: modified))
            return .link
        } catch {
            guard SystemError.meansNoLinks.contains(error.code) else { throw error }
        }
        try? FileSystem.unlink(temporary)
        _ = try copy(source, to: temporary, modified, byCloning: false)
        return .copy
    }

    private func copy(
        _ source: FileDescriptor, to temporary: String, _ modified: Int64, byCloning: Bool
    ) throws(SystemError) -> Bool {
        let file = try FileDescriptor(temporary, .creating)
        if byCloning {
            guard file.clone(of: source) else {
                try FileSystem.unlink(temporary)
                return false
            }
        } else {
            try file.copy(from: source, at: 0, to: 0, length: try source.identity().size)
        }
        try file.setModified(Timestamp(nanoseconds: modified))
        return true
    }

    func remove(_ path: DatasetPath) {
        try? FileSystem.unlink(self.path(path))
        var parents = components(of: path).dropLast()
        // Only empty folders go.
        while !parents.isEmpty, (try? FileSystem.removeDirectory("\(folder)/" + parents.joined(separator: "/"))) != nil
        {
            parents = parents.dropLast()
        }
    }

    /// By bytes: a mark behind a slash makes them one `Character`.
    private func components(of path: DatasetPath) -> [String] {
        path.text.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Where a file was there may be a folder now, and the other way round.
    private func makeRoom(for path: DatasetPath) throws(SystemError) {
        let components = components(of: path)
        var parent = folder
        for component in components.dropLast() {
            parent += "/" + component
            if let there = try? FileIdentity(path: parent, followingLinks: false), there.kind != .directory {
                try FileSystem.unlink(parent)
            }
        }
        try FileSystem.createDirectories(parent)
        let target = self.path(path)
        if (try? FileIdentity(path: target, followingLinks: false))?.kind == .directory {
            try FileSystem.removeTree(target)
        }
    }
}

import Catalogue
import Platform

/// The copies that other programs open: hard links under the datasets' own paths. Every call blocks.
struct FileLinks: Sendable {
    /// No group's name begins so.
    private static let temporaryPrefix = ".new-"

    let folder: String

    /// Removes what was being put in place when the process ended.
    func clean() {
        // Not lost: a folder that is not there has nothing to remove.
        let entries = (try? FileSystem.list(folder))?.entries ?? []
        for entry in entries where entry.name.hasPrefix(Self.temporaryPrefix) {
            try? FileSystem.unlink("\(folder)/\(entry.name)")
        }
    }

    /// The copy's path, if it is there.
    func existing(_ path: DatasetPath) -> String? {
        let file = self.path(path)
        return (try? FileIdentity(path: file, followingLinks: false))?.kind == .regular ? file : nil
    }

    func path(_ path: DatasetPath) -> String { "\(folder)/\(path.text)" }

    /// Puts a complete mirror in place at once: who has the older file open keeps it.
    func set(_ path: DatasetPath, to mirror: String) throws(SystemError) {
        let target = self.path(path)
        if let there = try? FileIdentity(path: target, followingLinks: false),
            let wanted = try? FileIdentity(path: mirror), there.inode == wanted.inode, there.device == wanted.device
        {
            return
        }
        // A folder that is made here may be removed as empty by who takes its last file away.
        for _ in 0..<3 {
            do { return try put(mirror, at: target, path) } catch {
                guard error.code == SystemError.notFound else { throw error }
            }
        }
        try put(mirror, at: target, path)
    }

    private func put(_ mirror: String, at target: String, _ path: DatasetPath) throws(SystemError) {
        try makeRoom(for: path)
        let temporary = "\(folder)/\(Self.temporaryPrefix)\(SecureRandom.hexadecimal(bytes: 8))"
        try FileSystem.link(mirror, to: temporary)
        do {
            try FileSystem.rename(temporary, to: target)
        } catch {
            try? FileSystem.unlink(temporary)
            throw error
        }
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

import Catalogue
import Platform

/// The copies that other programs open: hard links under the datasets' own paths. Every call blocks.
struct FileLinks: Sendable {
    let folder: String

    func path(_ path: DatasetPath) -> String { "\(folder)/\(path.text)" }

    /// Puts a complete mirror in place at once: who has the older file open keeps it.
    func set(_ path: DatasetPath, to mirror: String) throws {
        let target = self.path(path)
        if let there = try? FileIdentity(path: target, followingLinks: false),
            let wanted = try? FileIdentity(path: mirror), there.inode == wanted.inode, there.device == wanted.device
        {
            return
        }
        try makeRoom(for: path)
        let temporary = "\(folder)/.new-\(SecureRandom.hexadecimal(bytes: 8))"
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
        var parents = path.text.split(separator: "/").dropLast()
        // Only empty folders go.
        while !parents.isEmpty, (try? FileSystem.removeDirectory("\(folder)/" + parents.joined(separator: "/"))) != nil
        {
            parents = parents.dropLast()
        }
    }

    /// Where a file was there may be a folder now, and the other way round.
    private func makeRoom(for path: DatasetPath) throws {
        let components = path.text.split(separator: "/")
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

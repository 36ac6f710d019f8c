import Catalogue
import Platform
import Synchronization

/// Files that are not as they were left: somebody has written to a copy that is the mirror itself, or removed a file.
extension MirrorLibrary {
    /// Looks at all bytes of a mirror whose file has changed. What is sound of one that is damaged, or that has lost its name,
    /// goes into a new file; whoever still reads the old one keeps it. The caller has the version's lock.
    func examine(_ mirror: Mirror) async throws {
        let version = mirror.version, path = path(of: version)
        let outcome = await pool.run { [self] in
            Result {
                let identity = try mirror.file.identity()
                let sound = mirror.soundChunks()
                let there = try? FileIdentity(path: path, followingLinks: false)
                if sound == mirror.present, identity.size == mirror.manifest.size, let there,
                    there.inode == identity.inode, there.device == identity.device
                {
                    try index.mark(version, stamp: identity.modified, changed: identity.changed)
                    mirror.trust(identity)
                    return true
                }
                log.warning(
                    "a mirror was changed or removed behind our back; what is damaged will be fetched again",
                    ["version": version.short, "chunks": mirror.present.count - sound.count])
                try salvage(sound, of: mirror, to: path)
                return false
            }
        }
        guard try !outcome.get() else {
            onTouched.withLock { $0 }?(mirror, false)
            return
        }
        table.withLock { table in
            table.letGo(version)
            table.replaced(
                version, held: mirror.manifest.bytes(of: mirror.soundness), isComplete: mirror.soundness.isFull)
        }
        onTouched.withLock { $0 }?(mirror, true)
    }

    func examine(_ version: Version) async {
        do {
            try await opening.with(version) {
                if let mirror = opened(version) { try await examine(mirror) }
            }
        } catch {
            log.warning("a mirror that was removed could not be made anew", ["version": version.short, "error": error])
        }
    }

    /// Makes a new file of the chunks that are sound, in the old one's place.
    private func salvage(_ sound: ChunkSet, of mirror: Mirror, to path: String) throws {
        mirror.note(soundness: sound)
        try FileSystem.createDirectories(folder)
        let temporary = FileSystem.temporaryName(in: folder)
        do {
            let file = try FileDescriptor(temporary, .creating)
            try file.resize(to: mirror.manifest.size)
            for (number, chunk) in mirror.manifest.chunks.enumerated() where sound.contains(number) {
                try file.copy(from: mirror.file, at: chunk.offset, to: chunk.offset, length: chunk.length)
            }
            try file.synchronize()
            try FileSystem.rename(temporary, to: path)
            let identity = try file.identity()
            try index.mark(
                MirrorIndex.Mark(
                    version: mirror.version, present: sound, blocks: [:], held: mirror.manifest.bytes(of: sound),
                    stamp: identity.modified, changed: identity.changed, used: mirror.used))
        } catch {
            try? FileSystem.unlink(temporary)
            throw error
        }
    }

    /// Opens a complete mirror anew, for reading alone: its file has a second name now, and whoever watches that would wait for
    /// its writer. Whoever reads it keeps it as it is.
    func reopenForReading(_ version: Version, filler: any MirrorFilling) async throws {
        table.withLock { table in
            if table[version]?.isComplete == true, !table.unsaved.contains(version) { table.letGo(version) }
        }
        _ = try await existing(version, filler: filler)
    }

    /// Does something to a mirror's file that leaves its bytes and changes its times. Blocks as `body` does.
    func keepingTrust<R: Sendable>(_ version: Version, _ body: @Sendable @escaping () throws -> R) async throws -> R {
        try await opening.with(version) {
            let mirror = opened(version)
            let outcome = await pool.run { [self] in
                Result {
                    let wasKnown = mirror?.isAsKnown ?? true
                    let result = try body()
                    guard wasKnown, let identity = try? FileIdentity(path: path(of: version)) else { return result }
                    try index.mark(version, stamp: identity.modified, changed: identity.changed)
                    mirror?.trust(identity)
                    return result
                }
            }
            return try outcome.get()
        }
    }
}

extension Manifest {
    /// Bytes of some chunks.
    func bytes(of set: ChunkSet) -> Int64 {
        chunks.indices.lazy.filter { set.contains($0) }.saturatingSum { chunks[$0].length }
    }
}

import Catalogue
import Platform
import Synchronization

/// Files that are not as they were left: somebody has written to a copy that is the mirror itself, or removed a file.
extension MirrorLibrary {
    /// Looks at all bytes of a mirror whose file has changed. What is sound of one that is damaged, or that has lost its name,
    /// goes into a new file; whoever still reads the old one keeps it. The caller has the version's lock.
    func examine(_ mirror: Mirror) async throws {
        let version = mirror.version
        let outcome = await pool.run { [self] in Result { try look(at: mirror) } }
        guard let sound = try outcome.get() else {
            onTouched.withLock { $0 }?(mirror, false)
            return
        }
        table.withLock { table in
            table.letGo(version)
            table.replaced(version, held: mirror.manifest.bytes(of: sound), isComplete: sound.isFull)
        }
        onTouched.withLock { $0 }?(mirror, true)
    }

    /// - Returns: what of it is sound, and in a new file now; `nil` when all of it is, where it should be. Blocks.
    private func look(at mirror: Mirror) throws -> ChunkSet? {
        let version = mirror.version, path = path(of: version), present = mirror.present
        // Before its bytes are looked at: who writes to it meanwhile makes it another one.
        let identity = try mirror.file.identity()
        let sound = mirror.manifest.soundChunks(of: present, in: mirror.file)
        let there = try? FileIdentity(path: path, followingLinks: false)
        if sound == present, identity.size == mirror.manifest.size, let there, there.inode == identity.inode,
            there.device == identity.device
        {
            try remember(identity, of: version, mirror)
            return nil
        }
        log.warning(
            "a mirror was changed or removed behind our back; what is damaged will be fetched again",
            ["version": version.short, "chunks": present.count - sound.count])
        try salvage(sound, of: mirror, to: path)
        return sound
    }

    /// The file is right as it was when it was this. Blocks.
    private func remember(_ identity: FileIdentity, of version: Version, _ mirror: Mirror?) throws {
        mirror?.trust(identity)
        try index.mark(version, stamp: identity.modified, changed: identity.changed)
        table.withLock { $0.stamped(version, identity) }
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
                    held: HeldSet(mirror.manifest, present: sound), stamp: identity.modified,
                    changed: identity.changed, used: mirror.used))
        } catch {
            try? FileSystem.unlink(temporary)
            throw error
        }
    }

    /// Opens a complete mirror anew, for reading alone: its file has a second name now, and whoever watches that would wait for
    /// its writer. Whoever reads it keeps it as it is.
    func reopenForReading(_ version: Version, filler: any MirrorFilling) async throws {
        let isOpenForWriting = table.withLock { table in
            guard let mirror = table[version], mirror.isComplete, !mirror.isReadOnly, !table.unsaved.contains(version)
            else { return false }
            table.letGo(version)
            return true
        }
        // Open, it survives that its file is removed.
        if isOpenForWriting { _ = try await existing(version, filler: filler) }
    }

    /// Whether nobody has written to a complete mirror's file, as far as its times and its size show it.
    private func isAsLeft(_ version: Version) -> Bool {
        let (mirror, summary) = table.withLock { ($0[version], $0.summaries[version]) }
        if let mirror { return mirror.isAsKnown }
        guard let file = try? FileIdentity(path: path(of: version), followingLinks: false) else { return false }
        return summary?.matches(file) == true
    }

    /// Does something to a mirror's file that leaves its bytes and changes its times; what somebody else has changed before is
    /// not believed for that. Blocks as `body` does.
    func keepingTrust<R: Sendable>(
        _ version: Version, filler: any MirrorFilling, _ body: @Sendable @escaping () throws -> R
    ) async throws -> R {
        try await opening.with(version) {
            if !isAsLeft(version) {
                if let mirror = opened(version) {
                    try await examine(mirror)
                } else {
                    _ = try await known(version, filler)
                }
            }
            let mirror = opened(version)
            let outcome = await pool.run { [self] in
                Result {
                    let path = path(of: version)
                    let before = isAsLeft(version) ? try? FileIdentity(path: path, followingLinks: false) : nil
                    let result = try body()
                    if let before, let after = try? FileIdentity(path: path, followingLinks: false), after != before,
                        after.inode == before.inode
                    {
                        try remember(after, of: version, mirror)
                    }
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

import Catalogue
import Platform
import Versions

/// A mirror's file, as it is found when it is opened, beside what the index says of it. Every call blocks.
struct MirrorFile {
    private let file: FileDescriptor
    private let entry: MirrorIndex.Entry
    private let isAsIndexed: Bool
    private let isReadOnly: Bool
    private let identity: FileIdentity
    private let log: Logger

    /// Opens the file, made if need be, with the size that it must have.
    ///
    /// - Parameter isDoubtful: it is known already that the file is not what the index says.
    init(_ path: String, _ entry: MirrorIndex.Entry, isDoubtful: Bool, _ log: Logger) throws {
        self.entry = entry
        self.log = log
        let size = entry.manifest.size
        let isAsLeft = { (identity: FileIdentity) in
            !isDoubtful && identity.isAsIndexed(size: size, stamp: entry.stamp, changed: entry.changed)
        }
        // A complete file is not written to any more: so no program that opens the copy changes it by mistake, and who
        // publishes the copies sees that nobody writes.
        if entry.present.isFull, let file = try? FileDescriptor(path, followingLinks: false),
            let identity = try? file.identity(), isAsLeft(identity)
        {
            (self.file, self.identity, isAsIndexed, isReadOnly) = (file, identity, true, true)
            return
        }
        file = try Self.open(path)
        let identity = try file.identity()
        isReadOnly = false
        isAsIndexed = entry.present.count == 0 && entry.blocks.isEmpty || isAsLeft(identity)
        if identity.size != size { try file.resize(to: size) }
        // Before its bytes are looked at: who writes to it meanwhile makes it another one.
        self.identity = identity.size == size ? identity : try file.identity()
    }

    private static func open(_ path: String) throws(SystemError) -> FileDescriptor {
        do {
            return try FileDescriptor(path, .readingAndWriting, followingLinks: false)
        } catch let error where error.code == SystemError.notFound {
            // Somebody has removed the folder under the running program.
            try FileSystem.createDirectories(FileSystem.folder(of: path))
        } catch let error where error.code == SystemError.permissionDenied {
            // It was complete, and is to be filled again.
            try FileDescriptor(path, followingLinks: false).setMode(0o644)
        }
        return try FileDescriptor(path, .readingAndWriting, followingLinks: false)
    }

    /// - Returns: the mirror, and whether it is as the index has it.
    func mirror(_ filler: any MirrorFilling, window: Int64, place: OpenFiles.Place?) throws -> (
        Mirror, isAsIndexed: Bool
    ) {
        let manifest = entry.manifest
        let present = isAsIndexed ? entry.present : verified()
        if !isAsIndexed { freeSpace(notOf: present) }
        let mirror = Mirror(
            manifest: manifest, file: file, present: present, filler: filler, used: entry.used, window: window,
            place: place, isReadOnly: isReadOnly)
        if present.isFull { mirror.trust(identity) }
        // Of a block there is nothing here to check it by: those of a doubtful file are fetched again.
        if isAsIndexed {
            for (chunk, blocks) in entry.blocks where !present.contains(chunk) {
                try mirror.restore(chunk, blocks)
            }
        }
        return (mirror, isAsIndexed)
    }

    /// What is not held takes no room: the process may have ended while chunks were removed.
    private func freeSpace(notOf present: ChunkSet) {
        for (index, chunk) in entry.manifest.chunks.enumerated() where !present.contains(index) {
            // A file system without holes keeps the bytes; they are not believed.
            try? file.punchHole(at: chunk.offset, length: chunk.length)
        }
    }

    /// Those of the chunks that should be there whose bytes are what their digests say.
    ///
    /// The process may have ended between the last chunk and the index, or somebody has written to the file.
    private func verified() -> ChunkSet {
        let sound = entry.manifest.soundChunks(of: entry.present, in: file)
        if sound != entry.present {
            log.warning(
                "a mirror was changed behind our back; its damaged chunks will be fetched again",
                ["version": entry.manifest.version.short, "chunks": entry.present.count - sound.count])
        }
        return sound
    }
}

extension Manifest {
    /// Those of the chunks whose bytes are what their digests say. Blocks the thread.
    func soundChunks(of present: ChunkSet, in file: FileDescriptor) -> ChunkSet {
        let digester = ChunkDigester(content: content)
        var sound = ChunkSet(capacity: chunks.count)
        for (index, chunk) in chunks.enumerated() where present.contains(index) {
            // By reading: who shortens the file meanwhile would end the process if it were mapped.
            guard let bytes = try? file.read(at: chunk.offset, count: Int(chunk.length)),
                bytes.count == Int(chunk.length)
            else { continue }
            if bytes.withBytes({ digester.digest(of: $0) == chunk.digest }) { sound.insert(index) }
        }
        return sound
    }
}

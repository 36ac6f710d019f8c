import Catalogue
import Platform
import Versions

/// A mirror's file, as it is found when it is opened, beside what the index says of it. Every call blocks.
struct MirrorFile {
    private let file: FileDescriptor
    private let entry: MirrorIndex.Entry
    private let isAsIndexed: Bool
    private let log: Logger

    /// Opens the file, made if need be, with the size that it must have.
    ///
    /// - Parameter isDoubtful: it is known already that the file is not what the index says.
    init(_ path: String, _ entry: MirrorIndex.Entry, isDoubtful: Bool, _ log: Logger) throws {
        file = try Self.open(path, entry)
        self.entry = entry
        self.log = log
        let identity = try file.identity()
        let isNew = entry.present.count == 0 && entry.blocks.isEmpty
        isAsIndexed =
            isNew
            || !isDoubtful && identity.size == entry.manifest.size && identity.modified == entry.stamp
                && (entry.changed == 0 || identity.changed == entry.changed)
        if identity.size != entry.manifest.size { try file.resize(to: entry.manifest.size) }
    }

    private static func open(_ path: String, _ entry: MirrorIndex.Entry) throws(SystemError) -> FileDescriptor {
        if entry.present.isFull, let file = try complete(path, entry) { return file }
        do {
            return try FileDescriptor(path, .readingAndWriting, followingLinks: false)
        } catch let error where error.code == SystemError.notFound {
            // Somebody has removed the folder under the running program.
            try FileSystem.createDirectories(FileSystem.folder(of: path))
            return try FileDescriptor(path, .readingAndWriting, followingLinks: false)
        }
    }

    /// A complete file is not written to any more: so no program that opens the copy changes it by mistake, and who publishes
    /// the copies sees that nobody writes.
    ///
    /// - Returns: `nil` when it is not as the index has it, and may have to be written to.
    private static func complete(_ path: String, _ entry: MirrorIndex.Entry) throws(SystemError) -> FileDescriptor? {
        guard let file = try? FileDescriptor(path, followingLinks: false) else { return nil }
        let identity = try file.identity()
        if identity.modified == entry.stamp, identity.size == entry.manifest.size { return file }
        try file.setMode(0o644)
        return nil
    }

    /// - Returns: the mirror, and whether it is as the index has it.
    func mirror(_ filler: any MirrorFilling, window: Int64, place: OpenFiles.Place?) throws -> (
        Mirror, isAsIndexed: Bool
    ) {
        let manifest = entry.manifest
        let present = isAsIndexed ? entry.present : try verified()
        if !isAsIndexed { freeSpace(notOf: present) }
        let held = manifest.chunks.indices.saturatingSum { present.contains($0) ? manifest.chunks[$0].length : 0 }
        let mirror = Mirror(
            manifest: manifest, file: file, present: present, heldBytes: held, filler: filler, used: entry.used,
            window: window, place: place)
        // Of a block there is nothing here to check it by: those of a doubtful file are fetched again.
        if isAsIndexed {
            for (chunk, blocks) in entry.blocks where !present.contains(chunk) {
                try mirror.blocks.restore(chunk, blocks, in: mirror)
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
    private func verified() throws -> ChunkSet {
        let manifest = entry.manifest
        let digester = ChunkDigester(content: manifest.content)
        var sound = ChunkSet(capacity: manifest.chunks.count)
        for (index, chunk) in manifest.chunks.enumerated() where entry.present.contains(index) {
            if try file.withMapping(chunk.range, { digester.digest(of: $0) == chunk.digest }) { sound.insert(index) }
        }
        if sound != entry.present {
            log.warning(
                "a mirror was changed behind our back; its damaged chunks will be fetched again",
                ["version": manifest.version.short, "chunks": entry.present.count - sound.count])
        }
        return sound
    }
}

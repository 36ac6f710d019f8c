import Catalogue
import Platform
import Storage

/// The index of mirrors on disk: which chunks are there. Every call blocks.
///
/// A chunk is marked only after its bytes have been synchronised, so that a crash loses a fetch and never invents bytes.
struct MirrorIndex: Sendable {
    struct Summary: Sendable, Equatable {
        var size: Int64
        var held: Int64
        var isComplete: Bool
        /// The file's ``FileIdentity/modified`` when it held just this.
        var stamp: Int64 = 0
        /// The file's ``FileIdentity/changed``; 0 when it is not known.
        var changed: Int64 = 0
        var used = UseTime.zero

        /// Whether nobody has written to the file since.
        func matches(_ file: FileIdentity) -> Bool { file.isAsIndexed(size: size, stamp: stamp, changed: changed) }
    }

    struct Entry: Sendable {
        let manifest: Manifest
        let present: ChunkSet
        /// Of chunks that are not held as a whole: which of their blocks are, as ``ChunkSet/encoded`` has it.
        var blocks: [Int: [UInt8]] = [:]
        var stamp: Int64 = 0
        var changed: Int64 = 0
        var used = UseTime.zero
    }

    let database: Database

    func summaries() throws -> [Version: Summary] {
        try database.read { connection in
            var result: [Version: Summary] = [:]
            try connection.forEach("SELECT version, size, held, complete, stamp, used, changed FROM mirrors") { row in
                guard let version = Version(row.string(0)) else { return }
                // Somebody may have written to the file.
                let size = Dataset.clamped(row.int64(1))
                result[version] = Summary(
                    size: size, held: min(Dataset.clamped(row.int64(2)), size), isComplete: row.bool(3),
                    stamp: row.int64(4), changed: row.int64(6), used: UseTime(nanoseconds: row.int64(5)))
            }
            return result
        }
    }

    /// `nil` when there is none, or when what is there cannot be read: then it is as good as absent.
    func load(_ version: Version) throws -> Entry? {
        try database.read { connection in
            let row = try connection.first(
                "SELECT manifest, present, stamp, used, changed FROM mirrors WHERE version = ?", version.description
            ) {
                ($0.bytes(0), $0.bytes(1), $0.int64(2), UseTime(nanoseconds: $0.int64(3)), $0.int64(4))
            }
            guard let row, let manifest = try? Manifest(encoded: row.0), manifest.version == version,
                let present = ChunkSet(encoded: row.1, capacity: manifest.chunks.count)
            else { return nil }
            var entry = Entry(manifest: manifest, present: present, stamp: row.2, changed: row.4, used: row.3)
            try connection.forEach("SELECT chunk, blocks FROM partial_chunks WHERE version = ?", version.description) {
                let chunk = $0.int(0)
                if chunk >= 0, chunk < manifest.chunks.count { entry.blocks[chunk] = $0.bytes(1) }
            }
            return entry
        }
    }

    func add(_ manifest: Manifest) throws {
        let empty = ChunkSet(capacity: manifest.chunks.count)
        try database.transaction { connection in
            try connection.execute(
                "INSERT OR REPLACE INTO mirrors (version, size, held, complete, present, manifest) VALUES (?, ?, 0, ?, ?, ?)",
                manifest.version.description, manifest.size, empty.isFull ? 1 : 0, empty.encoded, manifest.encoded)
        }
    }

    /// What is held of a mirror, to be written down.
    struct Mark: Sendable {
        let held: HeldSet
        let stamp: Int64
        var changed: Int64 = 0
        let used: UseTime
    }

    func mark(_ mark: Mark) throws { try self.mark([mark]) }

    /// All or nothing.
    func mark(_ marks: [Mark]) throws {
        try database.transaction { connection in
            for mark in marks {
                let held = mark.held, version = held.manifest.version.description
                try connection.execute("DELETE FROM partial_chunks WHERE version = ?", version)
                for (chunk, partial) in held.partial {
                    try connection.execute(
                        "INSERT INTO partial_chunks (version, chunk, blocks) VALUES (?, ?, ?)", version, chunk,
                        partial.held.encoded)
                }
                try connection.execute(
                    "UPDATE mirrors SET present = ?, held = ?, complete = ?, stamp = ?, changed = ?, used = ? WHERE version = ?",
                    held.present.encoded, held.bytes, held.present.isFull ? 1 : 0, mark.stamp, mark.changed,
                    mark.used.nanoseconds, version)
            }
        }
    }

    /// The file's times are others, and its content is the same.
    func mark(_ version: Version, stamp: Int64, changed: Int64) throws {
        try database.transaction { connection in
            try connection.execute(
                "UPDATE mirrors SET stamp = ?, changed = ? WHERE version = ?", stamp, changed, version.description)
        }
    }

    /// When mirrors were used last.
    func mark(used: [(version: Version, time: UseTime)]) throws {
        try database.transaction { connection in
            for (version, time) in used {
                try connection.execute(
                    "UPDATE mirrors SET used = ? WHERE version = ?", time.nanoseconds, version.description)
            }
        }
    }

    /// Writes and leaves all as it is.
    func tryToWrite() throws {
        try database.transaction { connection in
            try connection.execute(
                "INSERT INTO mirrors (version, size, held, complete, present, manifest) VALUES ('', 0, 0, 0, '', '')")
            try connection.execute("DELETE FROM mirrors WHERE version = ''")
        }
    }

    func remove(_ version: Version) throws {
        try database.transaction { connection in
            try connection.execute("DELETE FROM mirrors WHERE version = ?", version.description)
            try connection.execute("DELETE FROM partial_chunks WHERE version = ?", version.description)
        }
    }
}

extension FileIdentity {
    /// Whether it is the file of which the index knows these, as far as size and times show it.
    ///
    /// - Parameter changed: ``FileIdentity/changed``; 0 when that is not known.
    func isAsIndexed(size: Int64, stamp: Int64, changed: Int64) -> Bool {
        self.size == size && modified == stamp && (changed == 0 || self.changed == changed)
    }
}

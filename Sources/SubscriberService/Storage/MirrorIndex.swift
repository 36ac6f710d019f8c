import Catalogue
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
        var used = UseTime.zero
    }

    struct Entry: Sendable {
        let manifest: Manifest
        let present: ChunkSet
        /// Of chunks that are not held as a whole: which of their blocks are, as ``ChunkSet/encoded`` has it.
        var blocks: [Int: [UInt8]] = [:]
        var stamp: Int64 = 0
        var used = UseTime.zero
    }

    let database: Database

    func summaries() throws -> [Version: Summary] {
        try database.read { connection in
            var result: [Version: Summary] = [:]
            try connection.forEach("SELECT version, size, held, complete, stamp, used FROM mirrors") { row in
                guard let version = Version(row.string(0)) else { return }
                // Somebody may have written to the file.
                let size = Dataset.clamped(row.int64(1))
                result[version] = Summary(
                    size: size, held: min(Dataset.clamped(row.int64(2)), size), isComplete: row.bool(3),
                    stamp: row.int64(4),
                    used: UseTime(nanoseconds: row.int64(5)))
            }
            return result
        }
    }

    /// `nil` when there is none, or when what is there cannot be read: then it is as good as absent.
    func load(_ version: Version) throws -> Entry? {
        try database.read { connection in
            let row = try connection.first(
                "SELECT manifest, present, stamp, used FROM mirrors WHERE version = ?", version.description
            ) {
                ($0.bytes(0), $0.bytes(1), $0.int64(2), UseTime(nanoseconds: $0.int64(3)))
            }
            guard let row, let manifest = try? Manifest(encoded: row.0), manifest.version == version,
                let present = ChunkSet(encoded: row.1, capacity: manifest.chunks.count)
            else { return nil }
            var entry = Entry(manifest: manifest, present: present, stamp: row.2, used: row.3)
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

    func mark(
        _ version: Version, present: ChunkSet, blocks: [Int: ChunkSet], held: Int64, stamp: Int64, used: UseTime
    ) throws {
        try database.transaction { connection in
            try connection.execute("DELETE FROM partial_chunks WHERE version = ?", version.description)
            for (chunk, set) in blocks {
                try connection.execute(
                    "INSERT INTO partial_chunks (version, chunk, blocks) VALUES (?, ?, ?)", version.description, chunk,
                    set.encoded)
            }
            try connection.execute(
                "UPDATE mirrors SET present = ?, held = ?, complete = ?, stamp = ?, used = ? WHERE version = ?",
                present.encoded, held, present.isFull ? 1 : 0, stamp, used.nanoseconds, version.description)
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

    func remove(_ version: Version) throws {
        try database.transaction { connection in
            try connection.execute("DELETE FROM mirrors WHERE version = ?", version.description)
            try connection.execute("DELETE FROM partial_chunks WHERE version = ?", version.description)
        }
    }
}

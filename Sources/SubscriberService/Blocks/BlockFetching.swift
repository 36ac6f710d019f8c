import Blosc2
import Catalogue
import Platform

/// Seeing to it that parts of a mirror are held.
extension Mirror {
    /// Fetches what nobody fetches yet, and waits for all of it.
    ///
    /// - Parameter pool: where the frame is read, once it has come.
    func fetch(_ keys: [BlockKey], on pool: BlockingPool) async throws {
        var rest = Set(keys)
        while !rest.isEmpty {
            rest = try await ask(rest)
            // Who waited for the frame to come is told by it where the rest is.
            if !rest.isEmpty { _ = try await readLayout(on: pool) }
        }
    }

    /// The layout of the frame, after what says it has been fetched; `nil` when the version is no frame.
    func layout(on pool: BlockingPool) async throws -> FrameLayout? {
        guard manifest.content == .frame else { return nil }
        // Where frames have it, and if it is not there, wherever the source says.
        for _ in 0..<2 {
            if let layout = try await readLayout(on: pool) { return layout }
            try await fetch([.frame], on: pool)
        }
        guard let layout = try await readLayout(on: pool) else {
            throw FetchFailure(.corrupt, "the frame of version \(version) cannot be read")
        }
        return layout
    }

    /// The same, of what is held already.
    func readLayout(on pool: BlockingPool) async throws -> FrameLayout? {
        if let layout = knownLayout { return layout }
        guard mayBeReadable else { return nil }
        return try await pool.run { try self.layout() }
    }

    /// Returns when these bytes of the file are held: fetched by the blocks that they touch, unless that is most of a chunk.
    func hold(_ ranges: [Range<Int64>], on pool: BlockingPool) async throws {
        // The head of a chunk says where its blocks are: so there are two rounds, and rarely more.
        for _ in 0..<4 {
            let missing = MissingBytes(ranges, of: self)
            if missing.isEmpty { return }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for run in missing.runs {
                    let bytes =
                        manifest.chunks[run.lowerBound].offset..<manifest.chunks[run.upperBound - 1].range.upperBound
                    group.addTask { try await self.fetch(bytes) }
                }
                group.addTask { try await self.fetch(missing.keys, on: pool) }
                try await group.waitForAll()
            }
        }
        for range in ranges where !holds(range) { try await fetch(range) }
    }

    /// Whether all of these bytes are there.
    func holds(_ range: Range<Int64>) -> Bool {
        manifest.chunks(touching: range).allSatisfy { place in
            switch use(place) {
            case .whole: return true
            case .missing: return false
            case .partial(let chunk):
                let entry = manifest.chunks[place], part = range.clamped(to: entry.range)
                let wanted = Int(part.lowerBound - entry.offset)..<Int(part.upperBound - entry.offset)
                return chunk.missing(bytes: wanted).isEmpty
            }
        }
    }
}

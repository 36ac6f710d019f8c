import Arrays
import Blosc2
import Catalogue
import Platform

extension MirrorKeeper {
    /// Returns when these bytes of the file are held: fetched by the blocks that they touch, unless that is most of a chunk.
    func hold(bytes ranges: [Range<Int64>], of mirror: Mirror) async throws {
        // The head of a chunk says where its blocks are: so there are two rounds, and rarely more.
        for _ in 0..<4 {
            let missing = MissingBytes(ranges, of: mirror)
            if missing.isEmpty { return }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for run in missing.runs {
                    let chunks = mirror.manifest.chunks
                    let bytes = chunks[run.lowerBound].offset..<chunks[run.upperBound - 1].range.upperBound
                    group.addTask { try await mirror.fetch(bytes) }
                }
                group.addTask { try await self.fetch(missing.keys, of: mirror) }
                try await group.waitForAll()
            }
        }
        for range in ranges where !mirror.holds(range) { try await mirror.fetch(range) }
    }
}

extension Mirror {
    /// Whether a block, or all of a chunk, is there: by its place in the file.
    func holds(_ key: BlockKey) -> Bool {
        use(key.chunk) || key.block >= 0 && blocks.partial(key.chunk)?.held.contains(key.block) == true
    }

    /// Whether all of these bytes are there.
    func holds(_ range: Range<Int64>) -> Bool {
        manifest.chunks(touching: range).allSatisfy { place in
            if use(place) { return true }
            let chunk = manifest.chunks[place]
            let part = range.clamped(to: chunk.range)
            let wanted = Int(part.lowerBound - chunk.offset)..<Int(part.upperBound - chunk.offset)
            return blocks.partial(place)?.missing(bytes: wanted).isEmpty ?? false
        }
    }
}

extension PartialChunk {
    /// The places of the blocks that have some of these bytes and are not held.
    func missing(bytes: Range<Int>) -> [Int] {
        ranges.indices.filter { ranges[$0].overlaps(bytes) && !held.contains($0) }
    }

    /// The places of the blocks that are needed for what is taken from the chunk, and are not held.
    func missing(for touched: TouchedChunk) -> [Int] {
        // No chunk has as many blocks as a made-up geometry may name.
        let isNamed = touched.blockCount <= 1 << 17
        let needed =
            isNamed ? blocks.map { touched.layoutIndices(in: $0) } ?? Array(ranges.indices) : Array(ranges.indices)
        return needed.filter { !held.contains($0) }
    }
}

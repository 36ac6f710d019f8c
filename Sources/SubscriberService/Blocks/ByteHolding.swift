import Blosc2
import Catalogue

extension MirrorKeeper {
    /// Chunks up to this length are not worth asking for in parts.
    private static let smallChunk: Int64 = 1 << 16

    /// Returns when these bytes of the file are held: fetched by the blocks that they touch, unless that is most of a chunk.
    func hold(bytes ranges: [Range<Int64>], of mirror: Mirror) async throws {
        // The head of a chunk says where its blocks are: so there are two rounds, and rarely more.
        for _ in 0..<4 {
            let missing = ranges.map { Self.missing($0, of: mirror) }
            let keys = missing.flatMap(\.keys), chunks = missing.flatMap(\.chunks)
            if keys.isEmpty && chunks.isEmpty { return }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for chunk in Set(chunks) {
                    group.addTask { try await mirror.fetch(mirror.manifest.chunks[chunk].range) }
                }
                group.addTask { try await self.fetch(keys, of: mirror) }
                try await group.waitForAll()
            }
        }
        for range in ranges where !mirror.holds(range) { try await mirror.fetch(range) }
    }

    /// Of a range, the blocks that are missing, and the chunks that are better fetched as a whole.
    private static func missing(_ range: Range<Int64>, of mirror: Mirror) -> (keys: [BlockKey], chunks: [Int]) {
        var keys: [BlockKey] = [], chunks: [Int] = []
        for place in mirror.manifest.chunks(touching: range) where !mirror.use(place) {
            let chunk = mirror.manifest.chunks[place]
            let part = range.clamped(to: chunk.range)
            if chunk.length <= smallChunk {
                keys.append(.wholePlace(place))
            } else if Int64(part.count) > chunk.length / 2 {
                chunks.append(place)
            } else {
                let wanted = Int(part.lowerBound - chunk.offset)..<Int(part.upperBound - chunk.offset)
                keys += self.keys(wanted, of: place, mirror)
            }
        }
        return (keys, chunks)
    }

    private static func keys(_ wanted: Range<Int>, of place: Int, _ mirror: Mirror) -> [BlockKey] {
        if let partial = mirror.blocks.partial(place) {
            return partial.missing(bytes: wanted).map { .place(place, $0) }
        }
        switch mirror.manifest.content {
        case .plain:
            let length = ChunkLayout.plainLength
            return (wanted.lowerBound / length...(wanted.upperBound - 1) / length).map { .place(place, $0) }
        case .frame: return [.place(place, 0)]
        }
    }
}

extension Mirror {
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
        let needed = blocks.map { touched.layoutIndices(in: $0) } ?? Array(ranges.indices)
        return needed.filter { !held.contains($0) }
    }
}

import Arrays
import Blosc2
import Catalogue
import Platform
import Versions

/// What a read would take: of the dataset, and of the network.
struct ReadCost: Sendable, Encodable {
    /// Bytes of the values, or of the file.
    var bytes: Int64
    /// Chunks and blocks that have some of them.
    var chunks = 0
    var blocks = 0
    /// Of these blocks, those that are not held.
    var missing = 0
    /// Requests to the publisher, that for the manifest included.
    var requests = 0
    /// Bytes that they would bring, without heads and proofs.
    var fetch: Int64 = 0
    /// Whether ``fetch`` is so, or an estimate from the length of the chunks.
    var isExact = true

    private enum CodingKeys: String, CodingKey {
        case bytes, chunks, blocks, missing, requests, fetch
        case isExact = "exact"
    }
}

extension SelectionPlan {
    /// What reading would take now; nothing is fetched for it.
    ///
    /// - Parameters:
    ///   - chunkLength: the length of a chunk, about, for who holds nothing that says more.
    ///   - isWanted: whether anybody still waits for it.
    /// - Throws: `CancellationError`.
    func cost(_ layout: FrameLayout?, chunkLength: Int64, _ isWanted: () -> Bool = { true }) throws -> ReadCost {
        var cost = ReadCost(bytes: Int64(selection.itemCount *| selection.geometry.itemSize))
        for touched in selection.chunks {
            cost.chunks += 1
            if cost.chunks % 4096 == 0, !isWanted() { throw CancellationError() }
            cost.blocks = cost.blocks +| touched.blockCount
        }
        // The manifest comes first.
        if mirror == nil { cost.requests += 1 }
        try parts(layout, isWanted) { missing in
            cost.missing = cost.missing +| missing.blockCount
            cost.requests += BlockRequest.batches(Set(missing.keys)).count
            let heads = Set(missing.keys.filter(isHead))
            for key in missing.keys where !heads.contains(key) {
                let (bytes, isExact) = length(of: key, layout, chunkLength: chunkLength)
                cost.fetch = cost.fetch +| bytes
                cost.isExact = cost.isExact && isExact
            }
            if !heads.isEmpty { add(heads, of: missing, to: &cost) }
        }
        return cost
    }

    /// Only when the heads have come it is known where the items are, which then take as many requests once more.
    private func add(_ heads: Set<BlockKey>, of missing: MissingBlocks, to cost: inout ReadCost) {
        let share = Double(missing.blockCount) / (Double(missing.chunkCount) * Double(selection.geometry.blockCount))
        cost.requests += BlockRequest.batches(heads).count
        for case .block(let place, _) in heads {
            let length = mirror?.manifest.chunks[place].length ?? 0
            cost.fetch = cost.fetch +| Int64(saturating: Double(length) * min(share, 1))
        }
        cost.isExact = false
    }

    /// Whether it is asked for to find out what else is needed: the first part of a long chunk of a frame of items.
    private func isHead(_ key: BlockKey) -> Bool {
        guard !isArray, case .block(let place, 0) = key, let mirror, case .missing = mirror.use(place) else {
            return false
        }
        return mirror.manifest.chunks[place].length > Int64(ChunkLayout.plainLength)
    }

    private func length(of key: BlockKey, _ layout: FrameLayout?, chunkLength: Int64) -> (Int64, isExact: Bool) {
        let chunk: Manifest.Chunk?
        switch key {
        case .frame: return (0, false)
        case .chunk(let place), .block(let place, _): chunk = mirror?.manifest.chunks[place]
        case .arrayChunk(let number), .arrayBlock(let number, _):
            let place = layout.flatMap { mirror?.manifest.place(ofArrayChunk: number, $0) }
            chunk = place.flatMap { mirror?.manifest.chunks[$0] }
        }
        switch key {
        case .chunk, .arrayChunk, .frame: return (chunk?.length ?? chunkLength, chunk != nil)
        case .block(let place, let index):
            if case .partial(let partial)? = mirror?.use(place) { return (Int64(partial.ranges[index].count), true) }
            if let chunk, chunk.length <= Int64(ChunkLayout.plainLength) { return (chunk.length, false) }
        case .arrayBlock: break
        }
        return ((chunk?.length ?? chunkLength) / Int64(max(selection.geometry.blockCount, 1)), false)
    }
}

extension ReadCost {
    /// Of bytes of a plain file.
    ///
    /// - Parameter mirror: `nil` when nothing of the version is held; what is said is then an estimate.
    init(_ range: Range<Int64>, ofFileOf size: Int64, _ mirror: Mirror?) {
        self.init(bytes: Int64(range.count))
        let missing = mirror.map { MissingBytes([range], of: $0) } ?? MissingBytes(range, ofFileOf: size)
        let chunkLength = VersionMaker.plainChunkLength
        func bytes(of run: Range<Int>) -> Range<Int64> {
            guard let manifest = mirror?.manifest else {
                return Int64(run.lowerBound) * chunkLength..<min(Int64(run.upperBound) * chunkLength, size)
            }
            return manifest.chunks[run.lowerBound].offset..<manifest.chunks[run.upperBound - 1].range.upperBound
        }
        if !range.isEmpty {
            chunks = Int((range.upperBound - 1) / chunkLength - range.lowerBound / chunkLength) + 1
            blocks = Self.blockCount(range)
        }
        requests = (mirror == nil ? 1 : 0) + BlockRequest.batches(Set(missing.keys)).count
        for key in missing.keys {
            self.missing += 1
            switch key {
            case .chunk(let place): fetch += Int64(bytes(of: place..<place + 1).count)
            case .block(let place, let index):
                let whole = Int64(bytes(of: place..<place + 1).count)
                fetch += min(Self.blockLength, whole - Int64(index) * Self.blockLength)
            // Of an array only.
            case .frame, .arrayChunk, .arrayBlock: break
            }
        }
        for run in missing.runs {
            let perRequest = Int(Demand.runLength / chunkLength)
            requests += (run.count + perRequest - 1) / perRequest
            fetch += Int64(bytes(of: run).count)
            self.missing += Self.blockCount(range.clamped(to: bytes(of: run)))
        }
        isExact = mirror != nil
    }

    private static let blockLength = Int64(ChunkLayout.plainLength)

    private static func blockCount(_ range: Range<Int64>) -> Int {
        Int((range.upperBound - 1) / blockLength - range.lowerBound / blockLength) + 1
    }
}

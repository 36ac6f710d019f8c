import Blosc2
import Catalogue
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
    /// - Parameter chunkLength: the length of a chunk, about, for who holds nothing that says more.
    func cost(_ layout: FrameLayout?, chunkLength: Int64) async throws -> ReadCost {
        var cost = ReadCost(bytes: Int64(selection.itemCount * selection.geometry.itemSize))
        for touched in selection.chunks {
            cost.chunks += 1
            cost.blocks += touched.blockRuns.reduce(0) { $0 + $1.count }
        }
        try await parts(layout) { missing in
            cost.missing += missing.blockCount
            cost.requests += BlockRequest.batches(Set(missing.keys)).count
            for key in missing.keys {
                let (bytes, isExact) = length(of: key, layout, chunkLength: chunkLength)
                cost.fetch += bytes
                cost.isExact = cost.isExact && isExact
            }
        }
        return cost
    }

    private func length(of key: BlockKey, _ layout: FrameLayout?, chunkLength: Int64) -> (Int64, isExact: Bool) {
        if key == .frame { return (0, false) }
        let place = key.isPlace ? key.chunk : layout.flatMap { mirror?.manifest.place(ofArrayChunk: key.chunk, $0) }
        let length = place.flatMap { mirror?.manifest.chunks[$0].length }
        if key.block < 0 { return (length ?? chunkLength, length != nil) }
        if key.isPlace, let partial = mirror?.blocks.partial(key.chunk) {
            return (Int64(partial.ranges[key.block].count), true)
        }
        return ((length ?? chunkLength) / Int64(max(selection.geometry.blockCount, 1)), false)
    }
}

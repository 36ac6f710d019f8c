import Arrays
import Blosc2
import Catalogue
import Platform
import Synchronization
import Versions

/// The blocks that a mirror holds of chunks that it does not hold as a whole, and who waits for which.
final class MirrorBlocks: Sendable {
    private struct Shared {
        var partial: [Int: PartialChunk] = [:]
        var demand = BlockDemand()
        var layout: FrameLayout?
    }

    private let shared = Locked(Shared())

    /// Chunks with the places of the blocks that are held, as the index has them.
    var held: [Int: ChunkSet] { shared.withLock { $0.partial.mapValues(\.held) } }
    var heldBytes: Int64 { shared.withLock { $0.partial.values.saturatingSum { $0.heldBytes } } }
    var heldChunks: [Int] { shared.withLock { Array($0.partial.keys) } }
    /// Blocks that are on their way.
    var requested: Set<BlockKey> { shared.withLock { $0.demand.inFlight } }
    var heldBytesOfChunks: [Int: Int64] { shared.withLock { $0.partial.mapValues(\.heldBytes) } }

    /// Nobody waits for blocks, and none are on their way.
    var isIdle: Bool { shared.withLock { $0.demand.isIdle } }

    // MARK: Asking

    /// The frame's layout, if it has been read.
    var knownLayout: FrameLayout? { shared.withLock { $0.layout } }

    /// The frame's layout, as soon as its header, chunk of offsets and trailer are there. Blocks.
    func layout(of mirror: Mirror) throws -> FrameLayout? {
        if let layout = shared.withLock({ $0.layout }) { return layout }
        let manifest = mirror.manifest, present = mirror.present
        guard manifest.content == .frame, present.contains(0), present.contains(manifest.chunks.count - 1) else {
            return nil
        }
        do {
            let layout = try FrameLayout(
                FileSource(mirror.file, size: manifest.size), pieces: manifest.chunks.map(\.range))
            guard manifest.framePlaces(layout).allSatisfy({ present.contains($0) }) else { return nil }
            shared.withLock { $0.layout = layout }
            return layout
        } catch {
            // What is missing reads as zeros; only of a whole file that is an error.
            if present.isFull { throw error }
            return nil
        }
    }

    func partial(_ chunk: Int) -> PartialChunk? { shared.withLock { $0.partial[chunk] } }

    // MARK: Waiting

    /// Waits for blocks; those that nobody fetches yet are given to `fetch`, which sees to it.
    func wait(for keys: Set<BlockKey>, fetch: @Sendable (Set<BlockKey>) -> Void) async throws {
        let token = shared.withLock { $0.demand.token() }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: BlockDemand.Waiter) in
                let fresh = shared.withLock { $0.demand.ask(token, for: keys, waiter) }
                if !fresh.isEmpty { fetch(fresh) }
                if Task.isCancelled { leave(token) }
            }
        } onCancel: {
            leave(token)
        }
        try Task.checkCancellation()
        try outcome.get()
    }

    private func leave(_ token: BlockDemand.Token) {
        shared.withLock { $0.demand.leave(token) }?.resume(returning: .success(()))
    }

    func fetched(_ keys: Set<BlockKey>, _ outcome: Result<Void, FetchFailure>) {
        let waiters =
            switch outcome {
            case .success: shared.withLock { $0.demand.arrived(keys) }
            case .failure: shared.withLock { $0.demand.failed(keys) }
            }
        for waiter in waiters { waiter.resume(returning: outcome) }
    }

    // MARK: Storing

    /// Takes in blocks that a source has sent: verified, written at their places, marked. Blocks the thread.
    func store(_ proven: ProvenBlocks, in mirror: Mirror) throws(FetchFailure) {
        guard proven.belong(to: mirror.manifest) else {
            let offset = proven.chunk < mirror.manifest.chunks.count ? mirror.manifest.chunks[proven.chunk].offset : -1
            throw FetchFailure(.corrupt, "blocks of the chunk at offset \(offset) failed their digests")
        }
        try mirror.placing.withLock { _ throws(FetchFailure) in try place(proven, in: mirror) }
    }

    private func place(_ proven: ProvenBlocks, in mirror: Mirror) throws(FetchFailure) {
        // Another fetch may have brought all of it meanwhile.
        if mirror.use(proven.chunk) { return }
        let chunk = mirror.manifest.chunks[proven.chunk]
        let known = partial(proven.chunk)
        guard var partial = known ?? Self.begin(proven, chunk, mirror.manifest.content),
            partial.ranges.count == proven.blockCount,
            proven.blocks.allSatisfy({ partial.ranges[$0.index].count == $0.bytes.count })
        else {
            // All of it may have come just now, and what was known of its blocks is not needed any more.
            if mirror.use(proven.chunk) { return }
            throw FetchFailure(.corrupt, "blocks of the chunk at offset \(chunk.offset) came without its head")
        }
        do {
            for block in proven.blocks {
                try block.bytes.withBytes { (bytes: RawSpan) throws(SystemError) in
                    try mirror.file.write(bytes, at: chunk.offset + Int64(partial.ranges[block.index].lowerBound))
                }
            }
        } catch {
            throw .storage(error)
        }
        let isWhole = shared.withLock { shared in
            // Others may have added to it meanwhile.
            if let now = shared.partial[proven.chunk] { partial = now }
            for block in proven.blocks { partial.insert(block.index) }
            shared.partial[proven.chunk] = partial
            return partial.held.isFull
        }
        if isWhole { mirror.arrived(proven.chunk) } else { mirror.progressed() }
        // It was completed while this was being written.
        if mirror.present.contains(proven.chunk) { completed(proven.chunk) }
    }

    private static func begin(
        _ proven: ProvenBlocks, _ chunk: Manifest.Chunk, _ content: Manifest.Content
    ) -> PartialChunk? {
        guard let first = proven.blocks.first else { return nil }
        if content == .plain {
            return first.bytes.withBytes { PartialChunk(content: content, head: $0, length: Int(chunk.length)) }
        }
        guard first.index == 0 else { return nil }
        return first.bytes.withBytes { PartialChunk(content: content, head: $0, length: Int(chunk.length)) }
    }

    /// The chunk is there as a whole: its blocks need not be counted any more.
    func completed(_ chunk: Int) { shared.withLock { _ = $0.partial.removeValue(forKey: chunk) } }

    /// The same chunk of an older version was held in part, and so is this one now.
    func takeOver(_ partial: PartialChunk, as chunk: Int) { shared.withLock { $0.partial[chunk] = partial } }

    /// The chunks are being removed.
    func drop(_ chunks: [Int]) { shared.withLock { for chunk in chunks { $0.partial[chunk] = nil } } }

    /// The places without which the file cannot be opened, as far as they are known.
    func framePlaces(of manifest: Manifest) -> Set<Int> {
        guard manifest.content == .frame, !manifest.chunks.isEmpty else { return [] }
        let ends: Set = [0, manifest.chunks.count - 1]
        return shared.withLock { $0.layout }.map { ends.union(manifest.framePlaces($0)) } ?? ends
    }

    /// What the index knew when the subscriber ran last. Blocks.
    func restore(_ chunk: Int, _ held: [UInt8], in mirror: Mirror) throws {
        let entry = mirror.manifest.chunks[chunk]
        let first = try mirror.file.read(at: entry.offset, count: min(32, Int(entry.length)))
        let headLength = first.withBytes { ChunkLayout.headLength(startingWith: $0, length: Int(entry.length)) }
        let head = try mirror.file.read(at: entry.offset, count: headLength)
        let empty = head.withBytes {
            PartialChunk(content: mirror.manifest.content, head: $0, length: Int(entry.length))
        }
        guard var partial = empty, let set = ChunkSet(encoded: held, capacity: partial.ranges.count) else { return }
        for place in partial.ranges.indices where set.contains(place) { partial.insert(place) }
        shared.withLock { $0.partial[chunk] = partial }
    }
}

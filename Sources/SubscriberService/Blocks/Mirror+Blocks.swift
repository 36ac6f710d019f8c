import Arrays
import Blosc2
import Catalogue
import Platform
import Synchronization
import Versions

/// What a mirror has of chunks that it does not have as a whole.
extension Mirror {
    /// A fetch that the mirror has had started is over.
    func ended(_ fetch: BlockFetch, _ outcome: Result<Void, FetchFailure>) {
        carryOut(change { $0.ended(fetch, outcome) })
    }

    /// Takes in blocks that a source has sent: verified, written at their places, marked. Blocks the thread.
    func store(_ proven: ProvenBlocks) throws(FetchFailure) {
        guard proven.belong(to: manifest) else {
            let offset = proven.chunk < manifest.chunks.count ? manifest.chunks[proven.chunk].offset : -1
            throw FetchFailure(.corrupt, "blocks of the chunk at offset \(offset) failed their digests")
        }
        let deeds = try placing.withLock { _ throws(FetchFailure) in try place(proven) }
        if let deeds { carryOut(deeds) }
    }

    /// - Returns: `nil` when another fetch has brought all of it meanwhile.
    private func place(_ proven: ProvenBlocks) throws(FetchFailure) -> Deeds? {
        let chunk = manifest.chunks[proven.chunk]
        let known: PartialChunk?
        switch use(proven.chunk) {
        case .whole: return nil
        case .partial(let partial): known = partial
        case .missing: known = nil
        }
        guard let partial = known ?? PartialChunk(beginningWith: proven, of: chunk, manifest.content),
            partial.ranges.count == proven.blockCount,
            proven.blocks.allSatisfy({ partial.ranges[$0.index].count == $0.bytes.count })
        else { throw FetchFailure(.corrupt, "blocks of the chunk at offset \(chunk.offset) came without its head") }
        do {
            for block in proven.blocks {
                try block.bytes.withBytes { (bytes: RawSpan) throws(SystemError) in
                    try file.write(bytes, at: chunk.offset + Int64(partial.ranges[block.index].lowerBound))
                }
            }
        } catch {
            throw .storage(error)
        }
        touch()
        return change { $0.arrived(proven.blocks.map(\.index), of: proven.chunk, partial) }
    }

    /// What the index knew of a chunk when the subscriber ran last. Blocks the thread.
    func restore(_ place: Int, _ held: [UInt8]) throws {
        let chunk = manifest.chunks[place]
        let first = try file.read(at: chunk.offset, count: min(32, Int(chunk.length)))
        let headLength = first.withBytes { ChunkLayout.headLength(startingWith: $0, length: Int(chunk.length)) }
        let head = try file.read(at: chunk.offset, count: headLength)
        let empty = head.withBytes { PartialChunk(content: manifest.content, head: $0, length: Int(chunk.length)) }
        guard let empty, let set = ChunkSet(encoded: held, capacity: empty.ranges.count) else { return }
        state.withLock { $0.presence.restore(empty.ranges.indices.filter { set.contains($0) }, of: place, empty) }
    }

    /// The frame's layout, if it has been read.
    var knownLayout: FrameLayout? { state.withLock { $0.presence.layout } }

    /// Whether the frame has not been read, and its ends are there, without which it cannot be.
    var mayBeReadable: Bool {
        manifest.content == .frame && state.withLock { $0.presence.layout == nil && $0.presence.holdsEnds }
    }

    /// The frame's layout, as soon as its header, chunk of offsets and trailer are there. Blocks the thread.
    func layout() throws -> FrameLayout? {
        let (known, present, hasEnds, isUsual) = state.withLock {
            ($0.presence.layout, $0.presence.present, $0.presence.holdsEnds, $0.presence.holdsUsualFrame)
        }
        if let known { return known }
        guard manifest.content == .frame, hasEnds else {
            return nil
        }
        do {
            let layout = try FrameLayout(FileSource(file, size: manifest.size), pieces: manifest.chunks.map(\.range))
            if manifest.framePlaces(layout).allSatisfy({ present.contains($0) }) {
                carryOut(change { $0.learn(layout) })
                return layout
            }
        } catch {
            // What is missing reads as zeros; only of a whole file that is an error.
            if present.isFull { throw error }
        }
        if isUsual { carryOut(change { $0.learnThatFrameIsElsewhere() }) }
        return nil
    }
}

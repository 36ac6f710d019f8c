import Catalogue
import Platform

/// What is held of a version: each chunk is missing, partial or whole. No I/O, no tasks.
struct HeldSet {
    /// How far a chunk is held.
    enum Holding {
        case missing
        case partial(PartialChunk)
        case whole

        /// What there is of it, when that is not all.
        var partial: PartialChunk? { if case .partial(let chunk) = self { chunk } else { nil } }
    }

    let manifest: Manifest
    /// The whole chunks.
    private(set) var present: ChunkSet
    /// Of chunks that are not whole.
    private(set) var partial: [Int: PartialChunk] = [:]
    /// Of whole chunks and of blocks.
    private(set) var bytes: Int64

    init(_ manifest: Manifest, present: ChunkSet) {
        self.manifest = manifest
        self.present = present
        bytes = manifest.bytes(of: present)
    }

    var isEmpty: Bool { present.count == 0 && partial.isEmpty }

    subscript(place: Int) -> Holding {
        if present.contains(place) { return .whole }
        return partial[place].map { .partial($0) } ?? .missing
    }

    func contains(_ index: Int, of place: Int) -> Bool {
        present.contains(place) || partial[place]?.held.contains(index) == true
    }

    /// Bytes that are held of a chunk.
    func bytes(of place: Int) -> Int64 {
        present.contains(place) ? manifest.chunks[place].length : partial[place]?.heldBytes ?? 0
    }

    /// `nil` as long as the chunk's head is not held, which says how it is cut.
    func blockCount(of place: Int) -> Int? {
        if let partial = partial[place] { return partial.ranges.count }
        let length = manifest.chunks[place].length
        guard manifest.content == .plain, length <= Int64(Int32.max) else { return nil }
        return PartialChunk.plainBlocks(touching: 0..<Int(length)).count
    }

    mutating func insert(_ place: Int) {
        bytes -= partial.removeValue(forKey: place)?.heldBytes ?? 0
        if present.insert(place) { bytes += manifest.chunks[place].length }
    }

    /// - Parameter chunk: as the chunk is without any block, for the first.
    mutating func insert(_ blocks: some Sequence<Int>, of place: Int, _ chunk: PartialChunk) {
        guard !present.contains(place) else { return }
        var now = partial.removeValue(forKey: place) ?? chunk
        let before = now.heldBytes
        for index in blocks { now.insert(index) }
        bytes += now.heldBytes - before
        partial[place] = now
        if now.held.isFull { insert(place) }
    }

    mutating func remove(_ place: Int) {
        bytes -= bytes(of: place)
        partial[place] = nil
        present.remove(place)
    }
}

/// A first-in first-out queue of chunks that knows its size in bytes.
struct ChunkQueue<Chunk> {
    private var chunks: [(chunk: Chunk, count: Int)] = []
    private var head = 0
    /// Of the chunk at `head`.
    private var consumed = 0
    private(set) var byteCount = 0

    mutating func append(_ chunk: Chunk, count: Int) {
        guard count > 0 else { return }
        chunks.append((chunk, count))
        byteCount += count
    }

    /// The first chunk as it was put in.
    mutating func takeFirst() -> Chunk? {
        guard head < chunks.count else { return nil }
        let entry = chunks[head]
        dropHead(entry.count - consumed)
        return entry.chunk
    }

    /// Up to `limit` bytes of the first chunk.
    mutating func takePrefix(_ limit: Int) -> (chunk: Chunk, offset: Int, count: Int)? {
        guard head < chunks.count else { return nil }
        let entry = chunks[head]
        let offset = consumed
        let count = min(limit, entry.count - offset)
        if offset + count == entry.count {
            dropHead(count)
        } else {
            consumed += count
            byteCount -= count
        }
        return (entry.chunk, offset, count)
    }

    mutating func removeAll() { self = Self() }

    private mutating func dropHead(_ count: Int) {
        byteCount -= count
        consumed = 0
        head += 1
        // A queue that never runs empty must still let go of what it has passed on.
        if head == chunks.count || head == 64 {
            chunks.removeFirst(head)
            head = 0
        }
    }
}

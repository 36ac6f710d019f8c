import Catalogue

/// Which whole chunks are wanted, and by whom; no I/O, no tasks.
struct Demand {
    /// Bytes that one request asks for, unless a single chunk is longer.
    static let runLength: Int64 = 8 << 20

    /// How far ahead of a reader is fetched, in bytes.
    let window: Int64
    /// The chunks that each reader is yet to have.
    var readers: [Presence.Token: Range<Int>] = [:]
    /// Somebody wants the whole version, whether or not anybody waits.
    var wantsAll = false

    init(window: Int64) { self.window = window }

    /// The reader has what lies before `chunk`.
    mutating func advance(_ reader: Presence.Token, to chunk: Int) {
        guard let range = readers[reader] else { return }
        readers[reader] = min(max(chunk, range.lowerBound), range.upperBound)..<range.upperBound
    }

    /// The chunk that is needed first, with the end of what is needed behind it.
    ///
    /// - Parameter reserved: chunks that are not to be taken.
    func first(_ manifest: Manifest, _ present: ChunkSet, _ reserved: ChunkSet) -> Range<Int>? {
        for range in readers.values {
            guard let first = present.firstMissing(in: range, and: reserved) else { continue }
            let ahead = manifest.chunks[first].offset - manifest.chunks[range.lowerBound].offset
            if ahead < window { return first..<range.upperBound }
        }
        guard wantsAll else { return nil }
        return present.firstMissing(in: 0..<present.capacity, and: reserved).map { $0..<present.capacity }
    }

    /// What one request should ask for next.
    func run(_ manifest: Manifest, _ present: ChunkSet, _ reserved: ChunkSet) -> Range<Int>? {
        guard let wanted = first(manifest, present, reserved) else { return nil }
        var end = wanted.lowerBound + 1
        var length = manifest.chunks[wanted.lowerBound].length
        while end < wanted.upperBound, !present.contains(end), !reserved.contains(end),
            length + manifest.chunks[end].length <= min(Self.runLength, window / 2)
        {
            length += manifest.chunks[end].length
            end += 1
        }
        return wanted.lowerBound..<end
    }
}

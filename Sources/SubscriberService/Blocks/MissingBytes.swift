import Catalogue
import Versions

/// What is not held of some bytes of a file, and how it is fetched: by blocks, or by whole chunks where most of a chunk is
/// wanted.
struct MissingBytes: Sendable {
    /// Chunks up to this length are not worth asking for in parts.
    static let smallChunk: Int64 = 1 << 16

    private(set) var keys: [BlockKey] = []
    /// Chunks that follow one another are fetched together.
    private(set) var runs: [Range<Int>] = []

    var isEmpty: Bool { keys.isEmpty && runs.isEmpty }

    init(_ ranges: [Range<Int64>], of mirror: Mirror) {
        var chunks: Set<Int> = []
        for range in ranges {
            for place in mirror.manifest.chunks(touching: range) {
                let chunk = mirror.manifest.chunks[place].range
                let held = mirror.use(place)
                if case .whole = held { continue }
                if Self.isTakenWhole(range, chunk) {
                    chunks.insert(place)
                } else {
                    keys += Self.keys(range, of: place, chunk, mirror.manifest.content, held.partial)
                }
            }
        }
        for chunk in chunks.sorted() { add(chunk..<chunk + 1) }
    }

    /// Of a plain file of which nothing is known but its size, which anybody may have made up: cost does not grow with it.
    init(_ range: Range<Int64>, ofFileOf size: Int64) {
        guard !range.isEmpty else { return }
        let length = VersionMaker.plainChunkLength
        let first = Int(range.lowerBound / length), last = Int((range.upperBound - 1) / length)
        take(range, of: first, size)
        // Of those between all bytes are wanted.
        if first + 1 < last { add(first + 1..<last) }
        if first < last { take(range, of: last, size) }
    }

    private mutating func take(_ range: Range<Int64>, of place: Int, _ size: Int64) {
        let length = VersionMaker.plainChunkLength
        let chunk = Int64(place) * length..<min(Int64(place + 1) * length, size)
        if Self.isTakenWhole(range, chunk) {
            add(place..<place + 1)
        } else {
            keys += Self.keys(range, of: place, chunk, .plain, nil)
        }
    }

    private mutating func add(_ run: Range<Int>) {
        if let last = runs.last, last.upperBound == run.lowerBound {
            runs[runs.count - 1] = last.lowerBound..<run.upperBound
        } else {
            runs.append(run)
        }
    }

    private static func isTakenWhole(_ range: Range<Int64>, _ chunk: Range<Int64>) -> Bool {
        Int64(chunk.count) > smallChunk && range.clamped(to: chunk).count > chunk.count / 2
    }

    private static func keys(
        _ range: Range<Int64>, of place: Int, _ chunk: Range<Int64>, _ content: Manifest.Content,
        _ partial: PartialChunk?
    ) -> [BlockKey] {
        if Int64(chunk.count) <= smallChunk { return [.chunk(place: place)] }
        let part = range.clamped(to: chunk)
        let wanted = Int(part.lowerBound - chunk.lowerBound)..<Int(part.upperBound - chunk.lowerBound)
        if let partial { return partial.missing(bytes: wanted).map { .block(place: place, index: $0) } }
        switch content {
        case .plain: return PartialChunk.plainBlocks(touching: wanted).map { .block(place: place, index: $0) }
        // The head of a chunk says where its blocks are.
        case .frame: return [.block(place: place, index: 0)]
        }
    }
}

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
            for place in mirror.manifest.chunks(touching: range) where !mirror.use(place) {
                let chunk = mirror.manifest.chunks[place].range
                if Self.isTakenWhole(range, chunk) {
                    chunks.insert(place)
                } else {
                    keys += Self.keys(range, of: place, chunk, mirror.manifest.content, mirror.blocks.partial(place))
                }
            }
        }
        addRuns(chunks.sorted())
    }

    /// Of a plain file of which nothing is known but its size.
    init(_ range: Range<Int64>, ofFileOf size: Int64) {
        guard !range.isEmpty else { return }
        let length = VersionMaker.plainChunkLength
        var chunks: [Int] = []
        for place in Int(range.lowerBound / length)...Int((range.upperBound - 1) / length) {
            let chunk = Int64(place) * length..<min(Int64(place + 1) * length, size)
            if Self.isTakenWhole(range, chunk) {
                chunks.append(place)
            } else {
                keys += Self.keys(range, of: place, chunk, .plain, nil)
            }
        }
        addRuns(chunks)
    }

    private mutating func addRuns(_ chunks: [Int]) {
        for chunk in chunks {
            if let last = runs.last, last.upperBound == chunk {
                runs[runs.count - 1] = last.lowerBound..<chunk + 1
            } else {
                runs.append(chunk..<chunk + 1)
            }
        }
    }

    private static func isTakenWhole(_ range: Range<Int64>, _ chunk: Range<Int64>) -> Bool {
        Int64(chunk.count) > smallChunk && range.clamped(to: chunk).count > chunk.count / 2
    }

    private static func keys(
        _ range: Range<Int64>, of place: Int, _ chunk: Range<Int64>, _ content: Manifest.Content,
        _ partial: PartialChunk?
    ) -> [BlockKey] {
        if Int64(chunk.count) <= smallChunk { return [.wholePlace(place)] }
        let part = range.clamped(to: chunk)
        let wanted = Int(part.lowerBound - chunk.lowerBound)..<Int(part.upperBound - chunk.lowerBound)
        if let partial { return partial.missing(bytes: wanted).map { .place(place, $0) } }
        switch content {
        case .plain: return PartialChunk.plainBlocks(touching: wanted).map { .place(place, $0) }
        // The head of a chunk says where its blocks are.
        case .frame: return [.place(place, 0)]
        }
    }
}

internal import Arrays

/// Blocks of a chunk that are decompressed together.
struct BlockBatch {
    /// As they are stored; ascending.
    private(set) var stored: [Int] = []
    /// As the array has them, each with the place in `stored` where it begins.
    private(set) var touched: [(block: TouchedBlocks.Block, first: Int)] = []

    mutating func append(_ block: TouchedBlocks.Block, stored range: Range<Int>) {
        let next = stored.last.map { $0 + 1 } ?? 0
        stored.append(contentsOf: max(next, range.lowerBound)..<max(next, range.upperBound))
        // The blocks before those of this one may be missing, those between are not.
        touched.append((block, stored.count - (stored[stored.count - 1] - range.lowerBound + 1)))
    }

    mutating func removeAll() {
        stored.removeAll(keepingCapacity: true)
        touched.removeAll(keepingCapacity: true)
    }

    /// Those that follow each other.
    var storedRuns: [Range<Int>] {
        stored.indices.runs { stored[$0] + 1 == stored[$1] }.map {
            stored[$0.lowerBound]..<(stored[$0.upperBound - 1] + 1)
        }
    }
}

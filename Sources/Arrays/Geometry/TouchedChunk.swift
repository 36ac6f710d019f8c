internal import Platform

/// What a selection takes from one chunk.
public struct TouchedChunk: Sendable, Hashable {
    /// In C order over the array.
    public let number: Int
    let geometry: ArrayGeometry
    /// Counted from the start of the chunk.
    let ranges: [RangeAxis]
    package let points: ArraySlice<SelectedPoint>

    /// The blocks, each once, with what is taken from each.
    package var blocks: TouchedBlocks { TouchedBlocks(self) }

    /// How many blocks there are, found without naming them: whoever announced the array may have made up any number.
    public var blockCount: Int {
        let lists = points.indices.runs { points[$0].block == points[$1].block }.count
        return lists *| ranges.map { $0.runs(ofLength: geometry.blocks[$0.dimension]).count }.saturatingProduct
    }

    /// The numbers of the blocks, ascending; neighbours together. Where steps leave blocks out there is one of each block.
    public var blockRuns: [Range<Int>] {
        let lists = points.indices.runs { points[$0].block == points[$1].block }
        let runs = ranges.map { $0.runs(ofLength: geometry.blocks[$0.dimension]) }
        var result: [Range<Int>] = []
        var odometer = Odometer([lists.count] + runs.dropLast().map(\.count))
        while odometer.advance() {
            var start = points[lists[odometer.digits[0]].lowerBound].block
            for (place, digit) in odometer.digits.dropFirst().enumerated() {
                start += runs[place][digit].cell * geometry.blockStrides[ranges[place].dimension]
            }
            guard let last = runs.last, let dimension = ranges.last?.dimension else {
                result.append(start..<(start + 1))
                continue
            }
            Self.append(last, at: start, stride: geometry.blockStrides[dimension], to: &result)
        }
        return result.merged
    }

    /// The blocks of the last dimension.
    private static func append(_ runs: GridRuns, at start: Int, stride: Int, to result: inout [Range<Int>]) {
        guard runs.count > 0 else { return }
        if stride == 1 && runs.step <= runs.cell {
            let first = start + runs[0].cell
            result.append(first..<(first + runs.count))
            return
        }
        for index in 0..<runs.count {
            let block = start + runs[index].cell * stride
            result.append(block..<(block + 1))
        }
    }

    /// Where in the decompressed chunk the blocks are: each run's bytes.
    package var byteRanges: [Range<Int>] {
        let length = geometry.blockByteCount
        return blockRuns.map { ($0.lowerBound * length)..<($0.upperBound * length) }
    }
}

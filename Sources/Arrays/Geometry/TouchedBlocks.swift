/// What a selection takes from the blocks of a chunk, one after the other.
package struct TouchedBlocks: Sequence {
    package struct Block {
        /// In C order over the chunk.
        package let number: Int
        /// Counted from the start of the block.
        let ranges: [RangeAxis]
        let points: ArraySlice<SelectedPoint>
    }

    private let chunk: TouchedChunk
    private let pointRuns: [Range<Int>]

    init(_ chunk: TouchedChunk) {
        self.chunk = chunk
        pointRuns = chunk.points.indices.runs { chunk.points[$0].block == chunk.points[$1].block }
    }

    package func makeIterator() -> Iterator {
        let runs = chunk.ranges.map { $0.runs(ofLength: chunk.geometry.blocks[$0.dimension]) }
        return Iterator(
            chunk: chunk, pointRuns: pointRuns, runs: runs, odometer: Odometer([pointRuns.count] + runs.map(\.count)))
    }

    package struct Iterator: IteratorProtocol {
        let chunk: TouchedChunk
        let pointRuns: [Range<Int>]
        let runs: [GridRuns]
        var odometer: Odometer

        package mutating func next() -> Block? {
            guard odometer.advance() else { return nil }
            let geometry = chunk.geometry
            let points = chunk.points[pointRuns[odometer.digits[0]]]
            var number = points.first?.block ?? 0
            var ranges = chunk.ranges
            for place in ranges.indices {
                let axis = ranges[place]
                let run = runs[place][odometer.digits[place + 1]]
                number += run.cell * geometry.blockStrides[axis.dimension]
                ranges[place] = axis.part(run, ofLength: geometry.blocks[axis.dimension])
            }
            return Block(number: number, ranges: ranges, points: points)
        }
    }
}

/// The chunks that hold something of a selection, one after the other; none is stored.
public struct TouchedChunks: Sequence, Sendable {
    private let selection: Selection
    private let pointRuns: [Range<Int>]

    init(_ selection: Selection) {
        self.selection = selection
        pointRuns = selection.points.indices.runs { selection.points[$0].chunk == selection.points[$1].chunk }
    }

    public var count: Int { counts.itemCount }
    public var underestimatedCount: Int { count }

    private var counts: [Int] {
        let chunks = selection.geometry.chunks
        return [pointRuns.count] + selection.ranges.map { $0.runs(ofLength: chunks[$0.dimension]).count }
    }

    public func makeIterator() -> Iterator {
        Iterator(selection: selection, pointRuns: pointRuns, odometer: Odometer(counts))
    }

    public struct Iterator: IteratorProtocol {
        let selection: Selection
        let pointRuns: [Range<Int>]
        var odometer: Odometer

        public mutating func next() -> TouchedChunk? {
            guard odometer.advance() else { return nil }
            let geometry = selection.geometry
            let points = selection.points[pointRuns[odometer.digits[0]]]
            var number = points.first?.chunk ?? 0
            var ranges = selection.ranges
            for (place, axis) in selection.ranges.enumerated() {
                let cell = geometry.chunks[axis.dimension]
                let run = axis.runs(ofLength: cell)[odometer.digits[place + 1]]
                number += run.cell * geometry.chunkStrides[axis.dimension]
                ranges[place] = axis.part(run, ofLength: cell)
            }
            return TouchedChunk(number: number, geometry: geometry, ranges: ranges, points: points)
        }
    }
}

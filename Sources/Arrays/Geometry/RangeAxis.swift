/// Positions along one dimension, ascending, and where in the result each goes.
struct RangeAxis: Sendable, Hashable {
    let dimension: Int
    var first: Int
    /// Positive.
    var step: Int
    var count: Int
    /// Of `first`, in items.
    var result: Int
    /// Negative where the result runs the other way.
    var resultStride: Int

    init(_ dimension: Int, _ axis: ResolvedSlice.Axis, resultStride: Int) {
        self.dimension = dimension
        count = axis.count
        step = abs(axis.step)
        if axis.step > 0 {
            first = axis.start
            result = 0
            self.resultStride = resultStride
        } else {
            first = axis.start + (axis.count - 1) * axis.step
            result = (axis.count - 1) * resultStride
            self.resultStride = -resultStride
        }
    }

    func runs(ofLength cell: Int) -> GridRuns { GridRuns(first: first, step: step, positions: count, cell: cell) }

    /// Those of one run, counted from the start of its cell.
    func part(_ run: (cell: Int, positions: Range<Int>), ofLength cell: Int) -> RangeAxis {
        var part = self
        part.first = first + run.positions.lowerBound * step - run.cell * cell
        part.count = run.positions.count
        part.result = result + run.positions.lowerBound * resultStride
        return part
    }
}

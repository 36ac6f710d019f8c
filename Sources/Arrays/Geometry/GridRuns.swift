/// Positions that ascend by a step, grouped by the cell of a grid that they fall into. Nothing is stored: every group is
/// computed from its number.
struct GridRuns {
    let first: Int
    let step: Int
    let positions: Int
    /// The length of a cell.
    let cell: Int

    /// How many cells hold a position.
    var count: Int {
        guard positions > 0 else { return 0 }
        guard step <= cell else { return positions }
        return (first + (positions - 1) * step) / cell - first / cell + 1
    }

    /// The cell, and which of the positions are in it.
    subscript(index: Int) -> (cell: Int, positions: Range<Int>) {
        guard step <= cell else { return ((first + index * step) / cell, index..<(index + 1)) }
        let number = first / cell + index
        let start = max(number * cell - first + step - 1, 0) / step
        let end = ((number + 1) * cell - first + step - 1) / step
        return (number, start..<min(end, positions))
    }
}

/// Whether `ranges` cover `0..<end`, ascending, without overlap or gap, none empty.
func isPartition<Bound: BinaryInteger>(_ ranges: [Range<Bound>], of end: Bound) -> Bool {
    var position: Bound = 0
    for range in ranges {
        guard range.lowerBound == position, !range.isEmpty else { return false }
        position = range.upperBound
    }
    return position == end
}

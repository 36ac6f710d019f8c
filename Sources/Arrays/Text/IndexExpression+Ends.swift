extension IndexExpression {
    /// The items of a large slice that ``ArrayText`` writes: nil when it writes all, or when they are too many for lists.
    ///
    /// So that showing the ends of a huge array reads the ends only.
    public static func ends(of slice: ResolvedSlice) -> IndexExpression? {
        guard slice.itemCount > ArrayText.threshold else { return nil }
        let kept = slice.axes.filter { !$0.dropsDimension }.map { min($0.count, 2 * ArrayText.edge) }
        guard kept.itemCount <= maximumCoordinates else { return nil }
        var place = 0
        let entries = slice.axes.map { axis -> Entry in
            guard !axis.dropsDimension else { return .index(axis.start) }
            let isCut = axis.count > 2 * ArrayText.edge
            let ends = (axis.count - ArrayText.edge)..<axis.count
            let shown = isCut ? Array(0..<ArrayText.edge) + Array(ends) : Array(0..<axis.count)
            // Each list in a dimension of its own: together they name every combination.
            place += 1
            let shape = [shown.count] + [Int](repeating: 1, count: kept.count - place)
            return .list(shape: shape, positions: shown.map { axis.start + $0 * axis.step })
        }
        return IndexExpression(entries)
    }
}

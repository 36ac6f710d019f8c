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

    /// As it can be parsed again.
    public var json: String { "[\(entries.map(\.json).joined(separator: ","))]" }
}

extension IndexExpression.Entry {
    fileprivate var json: String {
        switch self {
        case .all: "null"
        case .index(let position): "\(position)"
        case .range(let start, let stop, let step):
            "\"\(SliceExpression.Component.range(start: start, stop: stop, step: step))\""
        case .list(let shape, let positions): Self.list(shape[...], positions[...])
        }
    }

    private static func list(_ shape: ArraySlice<Int>, _ positions: ArraySlice<Int>) -> String {
        guard let count = shape.first else { return positions.first.map { "\($0)" } ?? "" }
        let inner = shape.dropFirst()
        let size = Array(inner).itemCount
        let parts = (0..<count).map { index in
            list(inner, positions.dropFirst(index * size).prefix(size))
        }
        return "[\(parts.joined(separator: ","))]"
    }
}

extension Selection {
    private static let maximumDimensions = 16

    /// - Throws: in NumPy's words, when an index is out of bounds, or lists do not fit each other.
    public init(_ indices: IndexExpression, of geometry: ArrayGeometry) throws(ArrayError) {
        if let slice = indices.slice {
            self.init(try slice.resolved(for: geometry.shape.map(Int64.init)), of: geometry)
            return
        }
        let given = indices.entries.count
        guard given <= geometry.shape.count else { throw .tooManyIndices(given, for: geometry.shape.count) }
        let missing = [IndexExpression.Entry](repeating: .all, count: geometry.shape.count - given)
        let entries = indices.entries + missing
        let lists = try PointLists(entries, of: geometry)
        let sizes = try Self.rangeAxes(entries, geometry)

        // Where the common dimensions of the lists go.
        let dimensions = lists.dimensions
        let areAdjacent = dimensions.last! - dimensions.first! == dimensions.count - 1
        let before = areAdjacent ? sizes.filter { $0.dimension < dimensions.first! } : []
        let after = sizes.filter { size in !before.contains { $0.dimension == size.dimension } }
        let shape = before.map(\.axis.count) + lists.shape + after.map(\.axis.count)
        guard shape.count <= Self.maximumDimensions else {
            throw ArrayError(.invalidRequest, "the result has \(shape.count) dimensions, more than 16")
        }
        guard let items = shape.checkedProduct else {
            throw ArrayError(.tooLarge, "the result is too large to be counted")
        }
        guard items > 0 else {
            self.init(geometry: geometry, shape: shape, ranges: [], points: [])
            return
        }
        let strides = shape.strides
        let ranges = zip(before, strides).map { RangeAxis($0.dimension, $0.axis, resultStride: $1) }
        let others = zip(after, strides.suffix(after.count))
            .map { RangeAxis($0.dimension, $0.axis, resultStride: $1) }
        self.init(
            geometry: geometry, shape: shape, ranges: ranges + others,
            points: lists.points(resultStride: after.map(\.axis.count).itemCount))
    }

    private typealias Size = (dimension: Int, axis: ResolvedSlice.Axis)

    private static func rangeAxes(
        _ entries: [IndexExpression.Entry], _ geometry: ArrayGeometry
    ) throws(ArrayError) -> [Size] {
        var sizes: [Size] = []
        for (dimension, entry) in entries.enumerated() {
            let size = geometry.shape[dimension]
            switch entry {
            case .all: sizes.append((dimension, .whole(size)))
            case .range(let start, let stop, let step):
                let range = SliceExpression.Component.range(start: start, stop: stop, step: step)
                sizes.append((dimension, try range.axis(dimension, size: size)))
            case .index, .list: break
            }
        }
        return sizes
    }
}

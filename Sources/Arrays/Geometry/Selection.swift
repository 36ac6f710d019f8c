internal import Platform

/// Items of an array that are asked for, and where each goes in the result.
public struct Selection: Sendable, Hashable {
    public let geometry: ArrayGeometry
    /// Of the result.
    public let shape: [Int]
    /// The dimensions that are taken by range.
    let ranges: [RangeAxis]
    /// What lists name, ordered by chunk and block. One that adds nothing, when there are no lists.
    let points: [SelectedPoint]

    public init(_ slice: ResolvedSlice, of geometry: ArrayGeometry) {
        precondition(slice.axes.count == geometry.shape.count, "a slice that was resolved for another array")
        self.geometry = geometry
        shape = slice.shape
        var stride = 1
        var ranges: [RangeAxis] = []
        for (dimension, axis) in slice.axes.enumerated().reversed() {
            ranges.append(RangeAxis(dimension, axis, resultStride: axis.dropsDimension ? 0 : stride))
            if !axis.dropsDimension { stride = stride &* max(axis.count, 1) }
        }
        self.ranges = ranges.reversed()
        points = [SelectedPoint()]
    }

    init(geometry: ArrayGeometry, shape: [Int], ranges: [RangeAxis], points: [SelectedPoint]) {
        self.geometry = geometry
        self.shape = shape
        self.ranges = ranges
        self.points = points
    }

    public var itemCount: Int { shape.itemCount }

    /// About how many chunks and blocks have to be looked at to find out which are needed, at most; found at once.
    ///
    /// - Parameter namedBlocks: of a chunk that takes more, no block is looked at by itself.
    public func planning(namedBlocks: Int) -> Int {
        let perAxis = ranges.map { axis in
            min(axis.count, geometry.chunks[axis.dimension] / max(axis.step, geometry.blocks[axis.dimension]) + 2)
        }
        let blocks = perAxis.saturatingProduct *| max(points.count, 1)
        return chunks.count *| (1 + min(blocks, namedBlocks + 1))
    }

    /// The chunks that hold something of it, each once; for a slice in the order of their numbers.
    public var chunks: TouchedChunks { TouchedChunks(self) }
}

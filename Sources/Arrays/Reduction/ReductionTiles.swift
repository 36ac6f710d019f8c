/// Parts of a ``ReductionGrid`` that are read and reduced one by one, so that memory does not grow with the array.
public struct ReductionTile: Sendable, Hashable {
    /// Points of the result, along each dimension.
    public let result: [Range<Int>]
    /// The items that become them.
    public let items: [Range<Int>]

    public var grid: ReductionGrid { ReductionGrid(shape: items.map(\.count), factors: factors) }
    private let factors: [Int]

    init(_ result: [Range<Int>], of grid: ReductionGrid) {
        self.result = result
        factors = grid.factors
        items = result.indices.map {
            result[$0].lowerBound
                * grid.factors[$0]..<Swift.min(
                    result[$0].upperBound * grid.factors[$0], grid.shape[$0])
        }
    }
}

extension ReductionGrid {
    /// Tiles of at most about `limit` items, in order; their edges follow the chunks as far as the factors let them, so that
    /// few chunks are decompressed twice.
    ///
    /// - Parameters:
    ///   - chunks: the array's, along each dimension of `shape`.
    ///   - origin: where `shape` begins in the array.
    public func tiles(limit: Int, chunks: [Int], origin: [Int]) -> [ReductionTile] {
        let whole = resultShape.map { 0..<$0 }
        if whole.contains(where: \.isEmpty) { return [] }
        var tiles: [ReductionTile] = [], waiting = [whole]
        while let box = waiting.popLast() {
            let tile = ReductionTile(box, of: self)
            guard tile.items.map(\.count).itemCount > limit, let axis = axisToSplit(tile) else {
                tiles.append(tile)
                continue
            }
            let middle = split(tile, axis, chunk: chunks[axis], origin: origin[axis])
            var first = box, second = box
            first[axis] = box[axis].lowerBound..<middle
            second[axis] = middle..<box[axis].upperBound
            waiting += [second, first]
        }
        return tiles
    }

    /// The first that has more than a point: rows stay together, as they do in chunks.
    private func axisToSplit(_ tile: ReductionTile) -> Int? {
        tile.result.indices.filter { tile.result[$0].count > 1 }.max { tile.items[$0].count < tile.items[$1].count }
    }

    /// A point near the middle whose items begin with a chunk, or nearly.
    private func split(_ tile: ReductionTile, _ axis: Int, chunk: Int, origin: Int) -> Int {
        let range = tile.result[axis], items = tile.items[axis]
        let middle = origin + items.lowerBound + items.count / 2
        let edge = (middle + chunk / 2) / Swift.max(chunk, 1) * Swift.max(chunk, 1) - origin
        let point = (edge + factors[axis] / 2) / factors[axis]
        return range.lowerBound < point && point < range.upperBound ? point : range.lowerBound + range.count / 2
    }
}

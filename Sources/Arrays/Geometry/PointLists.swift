/// The lists of an ``IndexExpression``, broadcast together; single positions beside lists count as lists.
struct PointLists {
    let geometry: ArrayGeometry
    /// Those that have a list; at least one.
    let dimensions: [Int]
    /// What all lists are stretched to.
    let shape: [Int]
    private let lists: [(shape: [Int], positions: [Int])]

    init(_ entries: [IndexExpression.Entry], of geometry: ArrayGeometry) throws(ArrayError) {
        var dimensions: [Int] = []
        var lists: [(shape: [Int], positions: [Int])] = []
        for (dimension, entry) in entries.enumerated() {
            switch entry {
            case .index(let position): lists.append(([], try Self.checked([position], dimension, geometry)))
            case .list(let shape, let positions):
                lists.append((shape, try Self.checked(positions, dimension, geometry)))
            case .all, .range: continue
            }
            dimensions.append(dimension)
        }
        self.geometry = geometry
        self.dimensions = dimensions
        self.lists = lists
        shape = try Self.broadcast(lists.map(\.shape))
    }

    /// Counted from the start, all within the array.
    private static func checked(
        _ positions: [Int], _ dimension: Int, _ geometry: ArrayGeometry
    ) throws(ArrayError) -> [Int] {
        let size = geometry.shape[dimension]
        var result: [Int] = []
        result.reserveCapacity(positions.count)
        for position in positions {
            result.append(try SliceExpression.Component.position(position, axis: dimension, size: size))
        }
        return result
    }

    private static func broadcast(_ shapes: [[Int]]) throws(ArrayError) -> [Int] {
        var result = [Int](repeating: 1, count: shapes.map(\.count).max() ?? 0)
        for shape in shapes {
            for (place, size) in zip(result.indices.suffix(shape.count), shape) where size != 1 {
                guard result[place] == 1 || result[place] == size else {
                    let all = shapes.map { "(\($0.map(String.init).joined(separator: ",")))" }.joined(separator: " ")
                    throw ArrayError(
                        .invalidRequest,
                        "shape mismatch: indexing arrays could not be broadcast together with shapes \(all)")
                }
                result[place] = size
            }
        }
        guard let count = result.checkedProduct, count <= limit else {
            throw ArrayError(.tooLarge, "indices name more than \(limit) coordinates; ask in batches")
        }
        return result
    }

    private static let limit = IndexExpression.maximumCoordinates

    /// - Parameter resultStride: from one point to the next in the result, in items.
    func points(resultStride: Int) -> [SelectedPoint] {
        var points = (0..<shape.itemCount).map { SelectedPoint(result: $0 * resultStride) }
        for (dimension, list) in zip(dimensions, lists) {
            let chunk = geometry.chunks[dimension]
            let block = geometry.blocks[dimension]
            let positions = stretched(list.shape, list.positions)
            for index in points.indices {
                let position = positions[index]
                points[index].chunk += position / chunk * geometry.chunkStrides[dimension]
                points[index].block += position % chunk / block * geometry.blockStrides[dimension]
                points[index].item += position % chunk % block * geometry.itemStrides[dimension]
            }
        }
        points.sort { ($0.chunk, $0.block) < ($1.chunk, $1.block) }
        return points
    }

    /// One position for every item of the common shape.
    private func stretched(_ own: [Int], _ positions: [Int]) -> [Int] {
        if own == shape { return positions }
        let padded = [Int](repeating: 1, count: shape.count - own.count) + own
        let strides = zip(padded, padded.strides).map { $0 == 1 ? 0 : $1 }
        let common = shape.strides
        return (0..<shape.itemCount).map { index in
            var place = 0
            for axis in shape.indices { place += index / common[axis] % shape[axis] * strides[axis] }
            return positions[place]
        }
    }
}

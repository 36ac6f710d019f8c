import Arrays
import Blosc2
import Platform
import Wire

/// Reduces parts of arrays tile by tile, in memory that does not grow with the array.
struct ViewReducer: Sendable {
    /// Of a tile: some times the chunks that are usual, so that few are decompressed twice.
    private static let tileItems = 4 << 20
    /// Tiles of one view in memory at the same time.
    private static let tilesAtOnce = 2

    let slices: SliceReader
    /// Views that are made of more than they show, at the same time: each keeps the processors busy.
    let views = Slots(2)

    /// - Returns: the values, and whether all that it took was held.
    func values(
        _ question: ViewQuestion, _ slice: ResolvedSlice, _ grid: ReductionGrid, _ reading: Reading,
        _ reader: ArrayReader
    ) async throws -> (ArrayValues, isHeld: Bool) {
        guard question.reduction != .stride, !grid.isIdentity, grid.resultShape.allSatisfy({ $0 > 0 }) else {
            // Blocks without a point are not even fetched.
            let part = slice.part(grid.shape.map { 0..<$0 }, steps: grid.factors)
            return try await slices.values(part, field: question.field, reading)
        }
        let dtype = try reader.dtype(ofField: question.field)
        let (code, itemSize) = try ArrayValues.result(of: question.reduction, dtype: dtype)
        guard grid.shape.saturatingProduct <= Self.mostItems else { throw Self.tooMany }
        let tiles = tiles(slice, grid, reader.geometry)
        let mostItems = SliceReader.maximumBytes / (try reader.itemSize(ofField: question.field))
        guard tiles.allSatisfy({ $0.items.map(\.count).saturatingProduct <= mostItems }) else { throw Self.tooMuch }
        return try await views.with(1) {
            var canvas = ViewCanvas(shape: grid.resultShape, itemSize: itemSize)
            let isHeld = try await forEach(tiles) { tile in
                try await slices.values(slice.part(tile.items), field: question.field, reading) {
                    try $0.reduced(by: question.reduction, tile.grid)
                }
            } use: {
                canvas.put($1.bytes, at: $0.result)
            }
            return (canvas.values(dtype: code), isHeld)
        }
    }

    /// Items that one view is made of: minutes of work.
    private static let mostItems = 1 << 37

    private static let tooMany = Refusal(
        400, "the view would be made of more than \(mostItems) items: take a smaller part, or reduce=stride")

    private static let tooMuch = Refusal(
        400,
        "more than \(SliceReader.maximumBytes) bytes are behind a point: take a smaller part, or reduce=stride")

    private func tiles(_ slice: ResolvedSlice, _ grid: ReductionGrid, _ geometry: ArrayGeometry) -> [ReductionTile] {
        let kept = slice.axes.indices.filter { !slice.axes[$0].dropsDimension }
        return grid.tiles(
            limit: Self.tileItems, chunks: kept.map { geometry.chunks[$0] }, origin: kept.map { slice.axes[$0].start })
    }

    /// Makes the tiles, a few at a time, and uses each when it is there.
    private func forEach(
        _ tiles: [ReductionTile],
        make: @escaping @Sendable (ReductionTile) async throws -> (ArrayValues, isHeld: Bool),
        use: (ReductionTile, ArrayValues) -> Void
    ) async throws -> Bool {
        try await withThrowingTaskGroup(of: (ReductionTile, ArrayValues, Bool).self) { group in
            var rest = tiles[...], isHeld = true
            func start() {
                guard let tile = rest.popFirst() else { return }
                group.addTask {
                    let (values, isHeld) = try await make(tile)
                    return (tile, values, isHeld)
                }
            }
            for _ in 0..<Self.tilesAtOnce { start() }
            while let (tile, values, wasHeld) = try await group.next() {
                try Task.checkCancellation()
                isHeld = isHeld && wasHeld
                use(tile, values)
                start()
            }
            return isHeld
        }
    }
}

internal import Platform

extension ArrayValues {
    /// NumPy's code of what a reduction makes of items, and their size.
    ///
    /// - Throws: ``ArrayError/Code/invalidRequest`` when items of this type cannot be reduced so.
    public static func result(
        of reduction: Reduction, dtype: String?
    ) throws(ArrayError) -> (dtype: String, itemSize: Int) {
        let type = try reducible(dtype).type
        let code = reduction == .mean ? type.meanCode : type.code
        return (code, NumpyType.itemSize(of: code) ?? 0)
    }

    /// Their means, or extremes: each stands for its neighbours. NaN counts for nothing, and is the result where there is nothing else.
    ///
    /// Cost: a pass over the items.
    ///
    /// - Parameter grid: of this shape.
    /// - Throws: ``ArrayError/Code/invalidRequest`` when items of this type cannot be reduced so.
    public func reduced(by reduction: Reduction, _ grid: ReductionGrid) throws(ArrayError) -> ArrayValues {
        precondition(grid.shape == shape && reduction != .stride, "a grid of another shape, or one to read by steps")
        let (type, isBigEndian) = try Self.reducible(dtype)
        return switch type {
        case .uint8: reduced(UInt8.self, reduction, grid, type, isBigEndian)
        case .uint16: reduced(UInt16.self, reduction, grid, type, isBigEndian)
        case .uint32: reduced(UInt32.self, reduction, grid, type, isBigEndian)
        case .uint64: reduced(UInt64.self, reduction, grid, type, isBigEndian)
        case .int8: reduced(Int8.self, reduction, grid, type, isBigEndian)
        case .int16: reduced(Int16.self, reduction, grid, type, isBigEndian)
        case .int32: reduced(Int32.self, reduction, grid, type, isBigEndian)
        case .int64: reduced(Int64.self, reduction, grid, type, isBigEndian)
        case .float16: reduced(Float16.self, reduction, grid, type, isBigEndian)
        case .float32: reduced(Float.self, reduction, grid, type, isBigEndian)
        case .float64: reduced(Double.self, reduction, grid, type, isBigEndian)
        }
    }

    private static func reducible(_ dtype: String?) throws(ArrayError) -> (type: ReducibleType, isBigEndian: Bool) {
        guard let dtype, case .scalar(let scalar)? = ItemType(parsing: dtype), let type = ReducibleType(scalar) else {
            throw ArrayError(
                .invalidRequest,
                "items of type \(dtype ?? "bytes") have no mean, minimum or maximum: ask for a field, or reduce=stride")
        }
        return (type, scalar.isBigEndian)
    }

    private func reduced<Item: ReducibleItem>(
        _: Item.Type, _ reduction: Reduction, _ grid: ReductionGrid, _ type: ReducibleType, _ isBigEndian: Bool
    ) -> ArrayValues {
        let rows = ItemRows<Item>(self, grid, isBigEndian: isBigEndian)
        let result: (SharedBytes, code: String, size: Int)
        switch reduction {
        case .mean where type.meanCode == "<f8": result = (rows.means { (mean: Double) -> Double in mean }, "<f8", 8)
        case .mean: result = (rows.means { Float($0) }, "<f4", 4)
        case .max: result = (rows.extremes { $0 > $1 }, type.code, itemSize)
        default: result = (rows.extremes { $0 < $1 }, type.code, itemSize)
        }
        return ArrayValues(shape: grid.resultShape, dtype: result.code, itemSize: result.size, bytes: result.0)
    }
}

internal import Platform

/// Goes once over the items of an array, row by row, and puts them together as a grid says.
struct ItemRows<Item: ReducibleItem> {
    private let values: ArrayValues
    private let grid: ReductionGrid
    private let isBigEndian: Bool
    private let width: Int
    private let factor: Int
    private let resultWidth: Int
    private let resultCount: Int

    init(_ values: ArrayValues, _ grid: ReductionGrid, isBigEndian: Bool) {
        self.values = values
        self.grid = grid
        self.isBigEndian = isBigEndian
        width = grid.shape.last ?? 1
        factor = grid.factors.last ?? 1
        resultWidth = grid.resultShape.last ?? 1
        resultCount = grid.resultShape.itemCount
    }

    func means<Result: BinaryFloatingPoint & BitwiseCopyable>(_ convert: (Double) -> Result) -> SharedBytes {
        var sums = [Double](repeating: 0, count: resultCount), counts = [Int](repeating: 0, count: resultCount)
        forEachRow { row, result in
            for point in 0..<resultWidth {
                var sum = 0.0, count = 0
                for place in point * factor..<min(width, (point + 1) * factor) {
                    let item = item(row, place)
                    if item.isMissing { continue }
                    sum += item.number
                    count += 1
                }
                sums[result + point] += sum
                counts[result + point] += count
            }
        }
        return Self.bytes(of: zip(sums, counts).map { $1 == 0 ? .nan : convert($0 / Double($1)) })
    }

    /// - Parameter isBetter: whether the first is to be kept instead of the second.
    func extremes(_ isBetter: (Item, Item) -> Bool) -> SharedBytes {
        var best = [Item](repeating: .missing, count: resultCount)
        var isKnown = [Bool](repeating: false, count: resultCount)
        forEachRow { row, result in
            for point in 0..<resultWidth {
                for place in point * factor..<min(width, (point + 1) * factor) {
                    let item = item(row, place)
                    if item.isMissing || isKnown[result + point] && !isBetter(item, best[result + point]) { continue }
                    best[result + point] = item
                    isKnown[result + point] = true
                }
            }
        }
        return Self.bytes(of: best)
    }

    /// Calls `body` with the first byte of each row of items, and with the first point of the row that it belongs to.
    private func forEachRow(_ body: (Int, Int) -> Void) {
        if width == 0 { return }
        let outer = grid.shape.count - 1
        let resultShape = grid.resultShape
        var odometer = Odometer(Array(grid.shape.prefix(max(0, outer)))), row = 0
        while odometer.advance() {
            var result = 0
            for axis in 0..<max(0, outer) {
                result = result * resultShape[axis] + odometer.digits[axis] / grid.factors[axis]
            }
            body(row * width * MemoryLayout<Item>.size, result * resultWidth)
            row += 1
        }
    }

    private func item(_ row: Int, _ place: Int) -> Item {
        let bits = values.bytes.pointer.loadUnaligned(
            fromByteOffset: row + place * MemoryLayout<Item>.size, as: Item.Bits.self)
        return Item(bits: isBigEndian ? Item.Bits(bigEndian: bits) : Item.Bits(littleEndian: bits))
    }

    private static func bytes<Element: BitwiseCopyable>(of elements: [Element]) -> SharedBytes {
        elements.withUnsafeBytes { SharedBytes($0) }
    }
}

import Platform
import Testing

@testable import Arrays

/// Arrays made small enough for a screen.
@Suite struct ReductionTests {
    private static func values<T: BitwiseCopyable>(_ items: [T], _ shape: [Int], _ dtype: String) -> ArrayValues {
        ArrayValues(
            shape: shape, dtype: dtype, itemSize: MemoryLayout<T>.size,
            bytes: items.withUnsafeBytes { SharedBytes($0) })
    }

    private static func items<T: BitwiseCopyable>(_ values: ArrayValues, _: T.Type) -> [T] {
        values.bytes.array.withUnsafeBytes { Array($0.bindMemory(to: T.self)) }
    }

    @Test func neighboursBecomeTheirMeanAndTheirExtremes() throws {
        let array = Self.values((0..<35).map { Int16($0 * $0 - 300) }, [5, 7], "<i2")
        let grid = ReductionGrid(shape: [5, 7], limits: [3, 3])
        #expect(grid.factors == [2, 3] && grid.resultShape == [3, 3])
        let mean = try array.reduced(by: .mean, grid)
        let least = try array.reduced(by: .min, grid), greatest = try array.reduced(by: .max, grid)
        #expect(mean.dtype == "<f4" && least.dtype == "<i2" && mean.shape == [3, 3])
        for row in 0..<3 {
            for column in 0..<3 {
                let rows = (2 * row)..<min(5, 2 * row + 2), columns = (3 * column)..<min(7, 3 * column + 3)
                let all = rows.flatMap { row in columns.map { (row * 7 + $0) * (row * 7 + $0) - 300 } }
                let place = row * 3 + column
                #expect(Self.items(mean, Float.self)[place] == Float(Double(all.reduce(0, +)) / Double(all.count)))
                #expect(Self.items(least, Int16.self)[place] == Int16(all.min()!))
                #expect(Self.items(greatest, Int16.self)[place] == Int16(all.max()!))
            }
        }
    }

    @Test func anArrayWithoutItemsMayBeAsLongAsCanBeCounted() {
        let grid = ReductionGrid(shape: [0, .max], limits: [100, 1000])
        #expect(grid.factors == [1, .max / 1000 + 1])
        #expect(grid.resultShape == [0, 1000])
        #expect(ReductionGrid(shape: [.max, 5, 0], limits: [.max - 1, 2]).resultShape == [.max / 2 + 1, 2, 0])
    }

    @Test func aMissingValueCountsForNothing() throws {
        let array = Self.values([1, .nan, 3, .nan, .nan, -.infinity] as [Double], [6], "<f8")
        let grid = ReductionGrid(shape: [6], limits: [3])
        let mean = Self.items(try array.reduced(by: .mean, grid), Double.self)
        #expect(mean == [1, 3, -.infinity])
        let all = ReductionGrid(shape: [2], limits: [1])
        let none = Self.values([.nan, .nan] as [Float], [2], "<f4")
        for reduction in [Reduction.mean, .min, .max] {
            let result = Self.items(try none.reduced(by: reduction, all), Float.self)
            #expect(result[0].isNaN)
        }
    }

    @Test func itemsOfTheOtherByteOrderMeanTheSame() throws {
        let array = Self.values([258, 260, -2, 4].map { Int32($0).bigEndian }, [4], ">i4")
        let grid = ReductionGrid(shape: [4], limits: [2])
        let mean = Self.items(try array.reduced(by: .mean, grid), Float.self)
        #expect(mean == [259, 1])
        let greatest = try array.reduced(by: .max, grid)
        #expect(greatest.dtype == "<i4" && Self.items(greatest, Int32.self) == [260, 4])
    }

    @Test func whatHasNoMeanIsRefused() throws {
        for dtype in ["<U3", "|S4", "<M8[s]", "<c8", "[('a', '<i4'), ('b', '<f8')]"] {
            #expect(throws: ArrayError.self) { try ArrayValues.result(of: .mean, dtype: dtype) }
        }
        let ofBools = try ArrayValues.result(of: .mean, dtype: "|b1")
        let ofDoubles = try ArrayValues.result(of: .min, dtype: ">f8")
        #expect(ofBools.dtype == "<f4" && ofDoubles.dtype == "<f8" && ofDoubles.itemSize == 8)
    }

    @Test(arguments: [[1000, 900], [7], [3, 500, 400], [1, 1], []])
    func tilesAreAllOfTheArrayAndNothingTwice(_ shape: [Int]) {
        let grid = ReductionGrid(shape: shape, limits: shape.map { max(1, $0 / 7) })
        let tiles = grid.tiles(limit: 5000, chunks: shape.map { _ in 64 }, origin: shape.map { _ in 13 })
        let items: Int = tiles.map { $0.items.map(\.count).reduce(1, *) }.reduce(0, +)
        let points: Int = tiles.map { $0.result.map(\.count).reduce(1, *) }.reduce(0, +)
        let (allItems, allPoints) = (shape.reduce(1, *), grid.resultShape.reduce(1, *))
        #expect(items == allItems && points == allPoints)
        #expect(Set(tiles).count == tiles.count)
        for tile in tiles { #expect(tile.grid.resultShape == tile.result.map(\.count)) }
    }
}

import Arrays
import Platform

/// Where the tiles of a view are put together.
struct ViewCanvas {
    private let shape: [Int]
    private let itemSize: Int
    private var bytes: [UInt8]

    init(shape: [Int], itemSize: Int) {
        self.shape = shape
        self.itemSize = itemSize
        bytes = [UInt8](repeating: 0, count: shape.saturatingProduct *| itemSize)
    }

    /// - Parameters:
    ///   - tile: its items in C order.
    ///   - place: which points they are.
    mutating func put(_ tile: SharedBytes, at place: [Range<Int>]) {
        guard let last = place.last else {
            bytes = tile.array
            return
        }
        let rowLength = last.count * itemSize, outer = place.dropLast()
        let rows = outer.map(\.count).saturatingProduct
        let content = tile.array
        for row in 0..<rows {
            var rest = row, position = 0, stride = shape[shape.count - 1]
            for axis in outer.indices.reversed() {
                position += (outer[axis].lowerBound + rest % outer[axis].count) * stride
                rest /= outer[axis].count
                stride *= shape[axis]
            }
            let start = (position + last.lowerBound) * itemSize
            bytes.replaceSubrange(start..<start + rowLength, with: content[row * rowLength..<(row + 1) * rowLength])
        }
    }

    func values(dtype: String) -> ArrayValues {
        ArrayValues(shape: shape, dtype: dtype, itemSize: itemSize, bytes: SharedBytes(bytes))
    }
}

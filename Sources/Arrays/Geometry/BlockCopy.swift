/// Copies what is taken from a decompressed block, or a part of each item of it, to its places in the result.
package struct BlockCopy {
    private let itemSize: Int
    /// The part of each item.
    private let part: Range<Int>
    private let itemStrides: [Int]
    private let result: UnsafeMutableRawPointer
    private var axes: [(count: Int, source: Int, result: Int)] = []

    package init(_ geometry: ArrayGeometry, part: Range<Int>, to result: UnsafeMutableRawPointer) {
        itemSize = geometry.itemSize
        self.part = part
        itemStrides = geometry.itemStrides
        self.result = result
    }

    /// - Parameter source: the first byte of the block, all of whose items that are taken are there.
    package mutating func copy(_ block: TouchedBlocks.Block, from source: UnsafeRawPointer) {
        var from = part.lowerBound
        var to = 0
        for axis in block.ranges {
            from += axis.first * itemStrides[axis.dimension] * itemSize
            to += axis.result * part.count
        }
        let run = collapse(block.ranges)
        for point in block.points {
            copyAxes(
                source + from + point.item * itemSize, result + to + point.result * part.count, run: run)
        }
    }

    /// Leaves out axes with one position, and joins those that are one run of bytes in block and result.
    ///
    /// - Returns: how many bytes are one run.
    private mutating func collapse(_ ranges: [RangeAxis]) -> Int {
        axes.removeAll(keepingCapacity: true)
        var run = part.count
        for axis in ranges.reversed() where axis.count > 1 {
            let source = axis.step * itemStrides[axis.dimension] * itemSize
            let result = axis.resultStride * part.count
            if axes.isEmpty && source == run && result == run {
                run *= axis.count
            } else {
                axes.append((axis.count, source, result))
            }
        }
        return run
    }

    private func copyAxes(_ source: UnsafeRawPointer, _ result: UnsafeMutableRawPointer, run: Int) {
        guard let inner = axes.first else {
            result.copyMemory(from: source, byteCount: run)
            return
        }
        guard axes.count > 1 else {
            copyRuns(source, result, inner, run)
            return
        }
        var odometer = Odometer(axes.dropFirst().reversed().map(\.count))
        while odometer.advance() {
            var (from, to) = (source, result)
            for (place, digit) in odometer.digits.enumerated() {
                let axis = axes[axes.count - 1 - place]
                from += digit * axis.source
                to += digit * axis.result
            }
            copyRuns(from, to, inner, run)
        }
    }

    private func copyRuns(
        _ source: UnsafeRawPointer, _ result: UnsafeMutableRawPointer, _ axis: (count: Int, source: Int, result: Int),
        _ run: Int
    ) {
        switch run {
        case 1: copyValues(source, result, axis, UInt8.self)
        case 2: copyValues(source, result, axis, UInt16.self)
        case 4: copyValues(source, result, axis, UInt32.self)
        case 8: copyValues(source, result, axis, UInt64.self)
        default:
            for index in 0..<axis.count {
                (result + index * axis.result).copyMemory(from: source + index * axis.source, byteCount: run)
            }
        }
    }

    private func copyValues<Value: BitwiseCopyable>(
        _ source: UnsafeRawPointer, _ result: UnsafeMutableRawPointer, _ axis: (count: Int, source: Int, result: Int),
        _: Value.Type
    ) {
        var (from, to) = (source, result)
        for _ in 0..<axis.count {
            to.storeBytes(of: from.loadUnaligned(as: Value.self), as: Value.self)
            from += axis.source
            to += axis.result
        }
    }
}

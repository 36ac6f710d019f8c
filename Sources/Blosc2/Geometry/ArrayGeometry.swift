/// How an array is divided: shape into chunks, chunks into blocks; both are padded where they do not divide.
///
/// Chunks are numbered in C order over the array, blocks in C order over their chunk, as C-Blosc2 stores them.
public struct ArrayGeometry: Sendable, Hashable {
    public let shape: [Int]
    public let chunks: [Int]
    public let blocks: [Int]
    public let itemSize: Int
    public let chunkCount: Int
    /// Of a chunk, padded ones included.
    public let blockCount: Int
    /// Uncompressed.
    public let blockByteCount: Int
    /// Uncompressed, with its padding.
    public let chunkByteCount: Int

    /// Chunks along each dimension.
    public var chunkGrid: [Int] { zip(shape, chunks).map(Self.parts) }

    /// From a chunk (a block) to the next along each dimension, in their numbers.
    let chunkStrides: [Int]
    let blockStrides: [Int]
    /// From an item to the next along each dimension of a block, in items.
    let itemStrides: [Int]

    private static let itemBlockBytes = 4096

    /// - Throws: when the sizes are not those of an array, or cannot be counted.
    public init(shape: [Int64], chunks: [Int], blocks: [Int], itemSize: Int) throws(Blosc2Error) {
        guard chunks.count == shape.count, blocks.count == shape.count, itemSize > 0, shape.allSatisfy({ $0 >= 0 })
        else { throw .corrupt("array: shape, chunks and blocks do not fit each other") }
        let shape = shape.map(Int.init)
        // An array without items may have chunks without any.
        let isEmpty = shape.contains(0)
        let chunks = isEmpty ? chunks.map { max($0, 1) } : chunks
        let blocks = isEmpty ? blocks.map { max($0, 1) } : blocks
        guard chunks.allSatisfy({ $0 > 0 }), blocks.allSatisfy({ $0 > 0 }) else {
            throw .corrupt("array: chunks \(chunks) and blocks \(blocks) must not have a size of 0")
        }
        let chunkGrid = zip(shape, chunks).map(Self.parts)
        let blockGrid = zip(chunks, blocks).map(Self.parts)
        guard ([itemSize] + shape).checkedProduct != nil, let chunkCount = chunkGrid.checkedProduct,
            let blockCount = blockGrid.checkedProduct, let blockBytes = ([itemSize] + blocks).checkedProduct,
            let chunkBytes = [blockBytes, blockCount].checkedProduct,
            isEmpty || (chunkBytes <= Int32.max && chunkCount <= FrameLayout.maximumChunkCount)
        else { throw Blosc2Error(.tooLarge, "array: too large to be counted") }
        self.shape = shape
        self.chunks = chunks
        self.blocks = blocks
        self.itemSize = itemSize
        self.chunkCount = chunkCount
        self.blockCount = blockCount
        blockByteCount = blockBytes
        chunkByteCount = chunkBytes
        chunkStrides = chunkGrid.strides
        blockStrides = blockGrid.strides
        itemStrides = blocks.strides
    }

    private static func parts(_ whole: Int, _ part: Int) -> Int { whole / part + (whole % part > 0 ? 1 : 0) }

    /// That of what a frame holds: of its array; or of its items, one dimension, when it is none.
    ///
    /// - Throws: when the array contradicts the frame.
    public init(_ info: FrameInfo) throws(Blosc2Error) {
        guard let array = info.array else {
            try self.init(items: info)
            return
        }
        try self.init(shape: array.shape, chunks: array.chunks, blocks: array.blocks, itemSize: info.typeSize)
        guard chunkCount == info.chunkCount, chunkCount == 0 || chunkByteCount == info.chunkSize else {
            throw .corrupt(
                "array: \(chunkCount) chunks of \(chunkByteCount) bytes, in a frame with \(info.chunkCount) of "
                    + "\(info.chunkSize)")
        }
    }

    private init(items info: FrameInfo) throws(Blosc2Error) {
        let itemSize = info.typeSize
        guard info.nbytes > 0 else {
            try self.init(shape: [0], chunks: [1], blocks: [1], itemSize: itemSize)
            return
        }
        guard info.chunkSize > 0 else {
            throw Blosc2Error(.unsupported, "a frame whose chunks differ in size has no numbered items")
        }
        guard info.chunkSize % itemSize == 0, info.nbytes % Int64(itemSize) == 0 else {
            throw Blosc2Error(.unsupported, "items of \(itemSize) bytes do not fill chunks of \(info.chunkSize)")
        }
        // The blocks of a chunk are what itself says; these are how it is looked at, so that few bytes too many are needed.
        let chunk = info.chunkSize / itemSize
        let block = max(Self.itemBlockBytes / itemSize, 1)
        try self.init(
            shape: [info.nbytes / Int64(itemSize)], chunks: [chunk], blocks: [min(block, chunk)], itemSize: itemSize)
        guard chunkCount == info.chunkCount else {
            throw .corrupt("frame: \(info.chunkCount) chunks, of which \(chunkCount) have data")
        }
    }
}

extension [Int] {
    /// Nil when an `Int` does not hold the product, even that of the sizes other than 0.
    var checkedProduct: Int? {
        var product = 1
        for size in self where size > 0 {
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            guard !overflow else { return nil }
            product = next
        }
        return contains(0) ? 0 : product
    }

    /// From an item to the next along each dimension, in C order.
    var strides: [Int] {
        var strides = [Int](repeating: 1, count: count)
        for axis in indices.dropLast().reversed() { strides[axis] = strides[axis + 1] &* Swift.max(self[axis + 1], 1) }
        return strides
    }
}

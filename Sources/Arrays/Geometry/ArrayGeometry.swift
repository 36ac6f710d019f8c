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

    /// An array of more chunks is refused: the table of where they are would alone be tens of megabytes.
    package static let maximumChunkCount = 1 << 20

    /// - Throws: when the sizes are not those of an array, or cannot be counted.
    public init(shape: [Int64], chunks: [Int], blocks: [Int], itemSize: Int) throws(ArrayError) {
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
            isEmpty || (chunkBytes <= Int32.max && chunkCount <= Self.maximumChunkCount)
        else { throw ArrayError(.tooLarge, "array: too large to be counted") }
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
}

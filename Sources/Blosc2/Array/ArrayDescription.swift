internal import Arrays

/// What an array that is to be made looks like.
public struct ArrayDescription: Sendable {
    public var shape: [Int64]
    public var chunks: [Int]
    /// Halves of the chunk, until they are small enough, when not given.
    public var blocks: [Int]
    /// NumPy's code of a plain numeric type: `<f4`.
    public var dtype: String
    public var compressionLevel = 5
    /// How many threads compress.
    public var threads = 1

    private static let blockBytes = 1 << 15

    public init(shape: [Int64], chunks: [Int], blocks: [Int]? = nil, dtype: String) {
        self.shape = shape
        self.chunks = chunks
        self.dtype = dtype
        self.blocks = blocks ?? Self.blocks(chunks, itemSize: NumpyType.itemSize(of: dtype) ?? 1)
    }

    private static func blocks(_ chunks: [Int], itemSize: Int) -> [Int] {
        var blocks = chunks
        while bytes(blocks, itemSize) ?? .max > blockBytes,
            let axis = blocks.indices.max(by: { blocks[$0] < blocks[$1] }), blocks[axis] > 1
        {
            blocks[axis] -= blocks[axis] / 2
        }
        return blocks
    }

    /// Nil when it is more than an `Int` holds.
    private static func bytes(_ sizes: [Int], _ itemSize: Int) -> Int? {
        sizes.reduce(itemSize) { product, size in
            product.flatMap {
                let (next, overflow) = $0.multipliedReportingOverflow(by: size)
                return overflow ? nil : next
            }
        }
    }

    /// The size of an item, when all that is asked for can be made.
    func checkedItemSize() throws(ArrayError) -> Int {
        func refuse(_ reason: String) -> ArrayError { ArrayError(.invalidRequest, reason) }
        guard let itemSize = NumpyType.itemSize(of: dtype) else {
            throw refuse("type '\(dtype)': there are i1 to i8, u1 to u8, f2 to f8, c8, c16 and b1, as in '<f4'")
        }
        guard (1...16).contains(shape.count), chunks.count == shape.count, blocks.count == shape.count else {
            throw refuse("shape, chunks and blocks must have the same number of dimensions, 1 to 16")
        }
        guard shape.allSatisfy({ $0 >= 0 }), chunks.allSatisfy({ $0 > 0 }), blocks.allSatisfy({ $0 > 0 }) else {
            throw refuse("chunks and blocks must be positive, shape not negative")
        }
        guard zip(blocks, chunks).allSatisfy({ $0 <= $1 }) else { throw refuse("a block is larger than its chunk") }
        guard let chunkBytes = Self.bytes(chunks, itemSize), chunkBytes <= 1 << 30 else {
            throw refuse("chunks of more than 1 GiB")
        }
        let row = [chunks[0]] + shape.dropFirst().map { Int($0) }
        guard let rowBytes = Self.bytes(row, itemSize), rowBytes <= 1 << 31,
            Self.bytes(shape.map { Int($0) }, itemSize) != nil
        else { throw refuse("a row of chunks has more than 2 GiB") }
        return itemSize
    }
}

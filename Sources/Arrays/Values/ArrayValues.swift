public import Platform

/// Items that were read: all of them in memory, in C order.
public struct ArrayValues: Sendable {
    public let shape: [Int]
    /// NumPy's code or literal of the type; nil for items of a frame that is no array.
    public let dtype: String?
    public let itemSize: Int
    public let bytes: SharedBytes

    public init(shape: [Int], dtype: String?, itemSize: Int, bytes: SharedBytes) {
        precondition(bytes.count == shape.itemCount * itemSize, "bytes that are not those of the items")
        self.shape = shape
        self.dtype = dtype
        self.itemSize = itemSize
        self.bytes = bytes
    }
}

/// A part of an array's chunk, by the array's own numbers: known from the array's geometry before a byte has been read.
struct BlockKey: Hashable, Sendable {
    /// The chunk's number in the array.
    let chunk: Int
    /// The block's number in the chunk.
    let block: Int
    /// The numbers are places in the manifest and among the chunk's digests instead.
    var isPlace = false
}

/// What one entry of index lists means on the dimensions that have lists: parts of the numbers of chunk, block and item,
/// to which the other dimensions add theirs.
package struct SelectedPoint: Sendable, Hashable {
    var chunk = 0
    var block = 0
    /// In the block.
    var item = 0
    /// In the result.
    var result = 0
}

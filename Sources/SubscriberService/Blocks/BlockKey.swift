/// A part of a version, as it is asked for.
///
/// A *place* is a chunk's in the manifest, an *index* a block's among its chunk's digests. A *number* is a chunk's in the array:
/// it and the blocks' own numbers follow from the array's geometry, before a byte has been read.
enum BlockKey: Hashable, Sendable {
    /// What a frame needs to be read at all: its header, its chunk of offsets, its trailer.
    case frame
    case chunk(place: Int)
    case block(place: Int, index: Int)
    case arrayChunk(number: Int)
    case arrayBlock(number: Int, block: Int)
}

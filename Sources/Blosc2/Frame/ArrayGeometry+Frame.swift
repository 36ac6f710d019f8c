public import Arrays

extension ArrayGeometry {
    /// That of what a frame holds: of its array; or of its items, one dimension, when it is none.
    ///
    /// - Throws: when the array contradicts the frame.
    public init(_ info: FrameInfo) throws(ArrayError) {
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

    private init(items info: FrameInfo) throws(ArrayError) {
        let itemSize = info.typeSize
        guard info.nbytes > 0 else {
            try self.init(shape: [0], chunks: [1], blocks: [1], itemSize: itemSize)
            return
        }
        guard info.chunkSize > 0 else {
            throw ArrayError(.unsupported, "a frame whose chunks differ in size has no numbered items")
        }
        guard info.chunkSize % itemSize == 0, info.nbytes % Int64(itemSize) == 0 else {
            throw ArrayError(.unsupported, "items of \(itemSize) bytes do not fill chunks of \(info.chunkSize)")
        }
        // The blocks of a chunk are what itself says; these are how it is looked at, so that few bytes too many are needed.
        let chunk = info.chunkSize / itemSize
        let block = max(4096 / itemSize, 1)
        try self.init(
            shape: [info.nbytes / Int64(itemSize)], chunks: [chunk], blocks: [min(block, chunk)], itemSize: itemSize)
        guard chunkCount == info.chunkCount else {
            throw .corrupt("frame: \(info.chunkCount) chunks, of which \(chunkCount) have data")
        }
    }
}

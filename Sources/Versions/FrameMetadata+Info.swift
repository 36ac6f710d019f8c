public import Blosc2
public import Catalogue

extension FrameMetadata {
    /// What the catalogue says of a frame.
    public init(_ info: FrameInfo) {
        self.init(
            nbytes: info.nbytes, cbytes: info.cbytes, chunkSize: Int64(info.chunkSize),
            blockSize: Int64(info.blockSize), typeSize: Int64(info.typeSize), chunkCount: Int64(info.chunkCount),
            codec: Int(info.codec), codecMeta: Int(info.codecMeta), compressionLevel: info.compressionLevel,
            filters: info.filters.map { Int($0) }, filtersMeta: info.filtersMeta.map { Int($0) },
            splitMode: info.splitMode, usesDictionary: info.usesDictionary)
    }
}

extension ArrayMetadata {
    /// What a file says of its array.
    public init(_ info: ArrayInfo) {
        self.init(
            shape: info.shape, chunks: info.chunks.map { Int64($0) }, blocks: info.blocks.map { Int64($0) },
            dtype: info.numpyType)
    }
}

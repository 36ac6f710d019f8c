/// The blocks of one chunk: lengths and digests in the order of their bytes; they make the chunk's digest.
///
/// Encoded, little-endian: count UInt32 · count × (length UInt64 · digest 32 bytes).
public struct BlockTable: Sendable, Hashable {
    public struct Block: Sendable, Hashable {
        /// Bytes, at least 1.
        public let length: Int64
        public let digest: Digest

        public init(length: Int64, digest: Digest) {
            self.length = length
            self.digest = digest
        }
    }

    public let blocks: [Block]

    public init(_ blocks: [Block]) { self.blocks = blocks }

    /// The digest of the chunk that has these blocks.
    public var chunkDigest: Digest { DigestTree.chunk(blocks, with: SHA256()) }

    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: UInt32(blocks.count))
        for block in blocks {
            bytes.append(littleEndian: UInt64(block.length))
            block.digest.append(to: &bytes)
        }
        return bytes
    }

    /// Reads several tables, one after the other, as they are sent for several chunks.
    public static func decode(_ bytes: [UInt8]) throws(ManifestError) -> [BlockTable] {
        var reader = ByteReader(bytes)
        var tables: [BlockTable] = []
        while reader.remaining > 0 {
            let count: UInt32 = try reader.littleEndian()
            guard Int(count) <= reader.remaining / 40 else { throw ManifestError("a block table that is cut") }
            var blocks: [Block] = []
            for _ in 0..<count {
                let chunk = try Manifest.Chunk(&reader, offset: 0)
                blocks.append(Block(length: chunk.length, digest: chunk.digest))
            }
            tables.append(BlockTable(blocks))
        }
        return tables
    }
}

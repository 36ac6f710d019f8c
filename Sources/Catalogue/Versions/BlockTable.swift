public import Digests
internal import Platform

/// The blocks of one chunk: lengths and digests in the order of their bytes; they make the chunk's digest.
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
    public var chunkDigest: Digest {
        DigestTree.chunk(
            length: blocks.saturatingSum { $0.length }, blocks: blocks.map(\.digest), with: SHA256())
    }
}

/// The tree of digests that names a version: block → chunk → version.
///
/// Leaves and nodes are hashed behind different first bytes, as in RFC 6962, so that no node can pass for a leaf. The blocks
/// of a chunk are the leaves of a Merkle tree of that RFC's shape: a few blocks can be shown to belong to a chunk with
/// a handful of digests, and without the chunk.
public enum DigestTree {
    enum Prefix {
        static let block: UInt8 = 0
        static let node: UInt8 = 1
        static let chunk: UInt8 = 2
        static let version: UInt8 = 3
        static let change: UInt8 = 4
    }

    /// The digest of one block's bytes.
    public static func block(_ bytes: RawSpan, with hasher: borrowing SHA256) -> Digest {
        hasher.update(Prefix.block)
        hasher.update(bytes)
        return hasher.finish()
    }

    static func node(_ left: Digest, _ right: Digest, with hasher: borrowing SHA256) -> Digest {
        hasher.update(Prefix.node)
        hasher.update(left)
        hasher.update(right)
        return hasher.finish()
    }

    /// The digest of a chunk of `length` bytes, from the digests of its blocks in the order of their bytes.
    public static func chunk(length: Int64, blocks: [Digest], with hasher: borrowing SHA256) -> Digest {
        chunk(
            length: length, blockCount: blocks.count, root: MerkleTree.root(of: blocks[...], with: hasher), with: hasher
        )
    }

    package static func chunk(length: Int64, blockCount: Int, root: Digest, with hasher: borrowing SHA256) -> Digest {
        hasher.update(Prefix.chunk)
        hasher.update(littleEndian: UInt64(length))
        hasher.update(littleEndian: UInt64(blockCount))
        hasher.update(root)
        return hasher.finish()
    }

    package static func version(_ canonicalManifest: [UInt8]) -> Digest {
        let hasher = SHA256()
        hasher.update(Prefix.version)
        hasher.update(canonicalManifest)
        return hasher.finish()
    }

    /// The digest of one line of the change feed, for ``StateDigest``.
    static func change(_ line: [UInt8]) -> Digest {
        let hasher = SHA256()
        hasher.update(Prefix.change)
        hasher.update(line)
        return hasher.finish()
    }
}

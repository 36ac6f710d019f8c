/// The tree of digests that names a version: block → chunk → version.
///
/// Leaves and nodes are hashed behind different first bytes, as in RFC 6962, so that no node can pass for a leaf.
public enum DigestTree {
    enum Prefix {
        static let block: UInt8 = 0
        static let chunk: UInt8 = 1
        static let version: UInt8 = 2
        static let change: UInt8 = 3
    }

    /// The digest of one block's bytes.
    public static func block(_ bytes: RawSpan, with hasher: borrowing SHA256) -> Digest {
        hasher.update(Prefix.block)
        hasher.update(bytes)
        return hasher.finish()
    }

    /// The digest of a chunk, from the lengths and digests of its blocks in the order of their bytes.
    public static func chunk(_ blocks: [BlockTable.Block], with hasher: borrowing SHA256) -> Digest {
        hasher.update(Prefix.chunk)
        for block in blocks {
            hasher.update(littleEndian: UInt64(block.length))
            hasher.update(block.digest)
        }
        return hasher.finish()
    }

    static func version(_ canonicalManifest: [UInt8]) -> Digest {
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

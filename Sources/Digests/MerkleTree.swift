/// A Merkle tree of the shape of RFC 6962, section 2.1, over the digests of blocks, and proofs for several leaves at once.
public enum MerkleTree {
    /// The root over these leaves; of none it is the digest of nothing.
    static func root(of leaves: ArraySlice<Digest>, with hasher: borrowing SHA256) -> Digest {
        guard leaves.count > 1 else { return leaves.first ?? hasher.finish() }
        let middle = leaves.startIndex + split(leaves.count)
        let left = root(of: leaves[..<middle], with: hasher)
        return DigestTree.node(left, root(of: leaves[middle...], with: hasher), with: hasher)
    }

    /// What has to be known besides the leaves at `indices` to compute the root: the roots of the largest subtrees
    /// without any of them, from left to right.
    ///
    /// - Parameter indices: ascending, each less than the number of leaves.
    public static func proof(of indices: [Int], in leaves: [Digest]) -> [Digest] {
        let hasher = SHA256()
        var proof: [Digest] = []
        appendProof(of: indices[...], in: leaves[...], to: &proof, with: hasher)
        return proof
    }

    private static func appendProof(
        of indices: ArraySlice<Int>, in leaves: ArraySlice<Digest>, to proof: inout [Digest],
        with hasher: borrowing SHA256
    ) {
        if indices.isEmpty {
            proof.append(root(of: leaves, with: hasher))
        } else if leaves.count > 1 {
            let middle = leaves.startIndex + split(leaves.count)
            let cut = indices.firstIndex { $0 >= middle } ?? indices.endIndex
            appendProof(of: indices[..<cut], in: leaves[..<middle], to: &proof, with: hasher)
            appendProof(of: indices[cut...], in: leaves[middle...], to: &proof, with: hasher)
        }
    }

    /// The root that follows from some leaves and a proof; `nil` when the proof is not of the right size.
    ///
    /// - Parameter known: the leaves with their indices, ascending and below `count`, at least one.
    package static func root(
        count: Int, known: [(index: Int, digest: Digest)], proof: [Digest], with hasher: borrowing SHA256
    ) -> Digest? {
        var rest = proof[...]
        guard let root = root(0..<count, known[...], &rest, with: hasher), rest.isEmpty else { return nil }
        return root
    }

    private static func root(
        _ range: Range<Int>, _ known: ArraySlice<(index: Int, digest: Digest)>, _ proof: inout ArraySlice<Digest>,
        with hasher: borrowing SHA256
    ) -> Digest? {
        if known.isEmpty { return proof.popFirst() }
        if range.count == 1 { return known.count == 1 ? known.first?.digest : nil }
        let middle = range.lowerBound + split(range.count)
        let cut = known.firstIndex { $0.index >= middle } ?? known.endIndex
        guard let left = root(range.lowerBound..<middle, known[..<cut], &proof, with: hasher),
            let right = root(middle..<range.upperBound, known[cut...], &proof, with: hasher)
        else { return nil }
        return DigestTree.node(left, right, with: hasher)
    }

    /// The largest power of two below `count`, which is at least 2.
    private static func split(_ count: Int) -> Int {
        1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }
}

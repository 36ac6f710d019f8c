public import Digests
public import Platform

/// Some blocks of a chunk, with the proof that they are the chunk's: what is sent for a part of a chunk.
///
/// Encoded, little-endian: chunk UInt32 · blocks of the chunk UInt32 · blocks here UInt32 · digests of the proof UInt32
/// · for each block here: index UInt32, length UInt32 · the proof · the blocks' bytes.
public struct ProvenBlocks: Sendable {
    /// The chunk's index in the manifest.
    public let chunk: Int
    /// How many blocks the chunk has.
    public let blockCount: Int
    /// Ascending, at least one.
    public let blocks: [(index: Int, bytes: SharedBytes)]
    public let proof: [Digest]

    public init(chunk: Int, table: BlockTable, blocks: [(index: Int, bytes: SharedBytes)]) {
        self.chunk = chunk
        self.blocks = blocks
        blockCount = table.blocks.count
        proof = MerkleTree.proof(of: blocks.map(\.index), in: table.blocks.map(\.digest))
    }

    private init(chunk: Int, blockCount: Int, blocks: [(index: Int, bytes: SharedBytes)], proof: [Digest]) {
        self.chunk = chunk
        self.blockCount = blockCount
        self.blocks = blocks
        self.proof = proof
    }

    /// Whether these are blocks of the chunk that the manifest names.
    ///
    /// Where in the chunk they lie follows from the chunk's head alone.
    public func belong(to manifest: Manifest) -> Bool {
        guard chunk < manifest.chunks.count else { return false }
        let hasher = SHA256()
        let known = blocks.map { block in
            (index: block.index, digest: block.bytes.withBytes { DigestTree.block($0, with: hasher) })
        }
        guard let root = MerkleTree.root(count: blockCount, known: known, proof: proof, with: hasher) else {
            return false
        }
        let entry = manifest.chunks[chunk]
        return DigestTree.chunk(length: entry.length, blockCount: blockCount, root: root, with: hasher) == entry.digest
    }

    /// All but the blocks' bytes, which follow in their order.
    public var head: [UInt8] {
        var bytes: [UInt8] = []
        for number in [chunk, blockCount, blocks.count, proof.count] { bytes.append(littleEndian: UInt32(number)) }
        for block in blocks {
            bytes.append(littleEndian: UInt32(block.index))
            bytes.append(littleEndian: UInt32(block.bytes.count))
        }
        for digest in proof { digest.append(to: &bytes) }
        return bytes
    }

    /// Reads several, one after the other. They are consistent, and not yet verified.
    public static func decode(_ bytes: [UInt8]) throws(ManifestError) -> [ProvenBlocks] {
        var reader = ByteReader(bytes)
        var result: [ProvenBlocks] = []
        while reader.remaining > 0 { result.append(try decode(&reader)) }
        return result
    }

    private static func decode(_ reader: inout ByteReader) throws(ManifestError) -> ProvenBlocks {
        let chunk: UInt32 = try reader.littleEndian()
        let blockCount: UInt32 = try reader.littleEndian()
        let count: UInt32 = try reader.littleEndian()
        let proofCount: UInt32 = try reader.littleEndian()
        guard count > 0, count <= blockCount, Int(count) <= reader.remaining / 8 else {
            throw ManifestError("blocks of a chunk that is cut, or that has none")
        }
        var places: [(index: Int, length: Int)] = []
        for _ in 0..<count {
            let index: UInt32 = try reader.littleEndian()
            let length: UInt32 = try reader.littleEndian()
            guard index < blockCount, places.last.map({ $0.index < Int(index) }) ?? true else {
                throw ManifestError("blocks that are not in order")
            }
            places.append((Int(index), Int(length)))
        }
        guard Int(proofCount) <= reader.remaining / Digest.byteCount else { throw ManifestError("a proof that is cut") }
        var proof: [Digest] = []
        for _ in 0..<proofCount {
            guard let digest = Digest(bytes: try reader.bytes(Digest.byteCount)) else {
                throw ManifestError("a cut proof")
            }
            proof.append(digest)
        }
        var blocks: [(index: Int, bytes: SharedBytes)] = []
        for place in places { blocks.append((place.index, SharedBytes(try reader.bytes(place.length)))) }
        return ProvenBlocks(chunk: Int(chunk), blockCount: Int(blockCount), blocks: blocks, proof: proof)
    }
}

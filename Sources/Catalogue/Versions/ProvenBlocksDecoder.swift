import Platform

/// Takes proven blocks out of a stream of bytes, each chunk's as soon as they have all come: so there is never more of a
/// long answer in memory than one chunk's part.
public struct ProvenBlocksDecoder {
    private static let headLength = 16
    /// The most blocks of one chunk.
    private static let countLimit = 1 << 20
    /// The most bytes of blocks of one chunk: longer chunks are served by ranges of the file only.
    private static let lengthLimit = 256 << 20

    private let manifest: Manifest
    private var buffer: [UInt8] = []
    private var seen: Set<Int> = []

    /// - Parameter manifest: of the version that the blocks must be of; it says how long they can be.
    public init(_ manifest: Manifest) { self.manifest = manifest }

    /// Whether the bytes end where a chunk's part ends.
    public var isAtEnd: Bool { buffer.isEmpty }

    /// - Returns: what is complete now; consistent, and not yet verified.
    /// - Throws: ``ManifestError`` when the bytes cannot be blocks of the version, each chunk's once.
    public mutating func append(_ bytes: RawSpan) throws(ManifestError) -> [ProvenBlocks] {
        buffer += [UInt8](copying: bytes)
        var result: [ProvenBlocks] = []
        var start = 0
        while let length = try length(from: start), buffer.count - start >= length {
            result += try ProvenBlocks.decode(Array(buffer[start..<start + length]))
            start += length
        }
        if start > 0 { buffer.removeFirst(start) }
        return result
    }

    /// The length of the part that begins at `start`; `nil` while too little of it is there to tell.
    private mutating func length(from start: Int) throws(ManifestError) -> Int? {
        guard buffer.count - start >= Self.headLength else { return nil }
        let chunk = number(at: start), count = number(at: start + 8), proofCount = number(at: start + 12)
        guard chunk < manifest.chunks.count else { throw ManifestError("blocks of a chunk that there is not") }
        let chunkLength = manifest.chunks[chunk].length
        // A block has a byte, and a Merkle tree of 2³² leaves is 32 deep; a proof is not longer than all of them.
        guard count > 0, count <= Self.countLimit, Int64(count) <= chunkLength, proofCount <= count * 32 else {
            throw ManifestError("more blocks of chunk \(chunk) than it has")
        }
        let places = start + Self.headLength
        guard buffer.count >= places + 8 * count else { return nil }
        let blockBytes = (0..<count).reduce(0) { $0 + number(at: places + 8 * $1 + 4) }
        guard Int64(blockBytes) <= min(chunkLength, Int64(Self.lengthLimit)) else {
            throw ManifestError("blocks that are longer than chunk \(chunk)")
        }
        let length = Self.headLength + 8 * count + Digest.byteCount * proofCount + blockBytes
        if buffer.count - start >= length, !seen.insert(chunk).inserted {
            throw ManifestError("chunk \(chunk) twice")
        }
        return length
    }

    private func number(at offset: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(buffer[offset + $1]) << (8 * $1) }
    }
}

internal import Digests
internal import Platform

/// Takes proven blocks out of a stream of bytes, each chunk's as soon as they have all come: so there is never more of a
/// long answer in memory than one chunk's part.
public struct ProvenBlocksDecoder {
    private static let headLength = 16
    /// What a chunk is cut into: at most so many blocks, and pieces of blocks that are longer than these.
    private static let blocksOfChunk = 1 << 16
    private static let pieceLength: Int64 = 1 << 16
    /// No chunk that is kept in parts is longer.
    private static let chunkLimit = Int64(Int32.max)
    /// The most bytes of blocks of one chunk: longer chunks are served by ranges of the file only.
    private static let lengthLimit = 256 << 20

    private let manifest: Manifest
    private var buffer: [UInt8] = []
    private var seen: Set<Int> = []
    /// The length of the part at the start of the buffer, once it is known.
    private var known: Int?
    /// The chunks, by their places, that were asked for, and of each how many blocks, if these were named.
    private let asked: [Int: Int?]?

    /// - Parameters:
    ///   - manifest: of the version that the blocks must be of; it says how long they can be.
    ///   - asked: the chunks that may come, by their places in the manifest, and of each how many blocks, `nil` for all;
    ///     `nil` when only the sender can tell.
    public init(_ manifest: Manifest, asked: [Int: Int?]? = nil) {
        self.manifest = manifest
        self.asked = asked
    }

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
            known = nil
        }
        if start > 0 { buffer.removeFirst(start) }
        return result
    }

    /// The length of the part that begins at `start`; `nil` while too little of it is there to tell.
    private mutating func length(from start: Int) throws(ManifestError) -> Int? {
        if let known { return known }
        guard buffer.count - start >= Self.headLength else { return nil }
        let chunk = number(at: start), all = number(at: start + 4), count = number(at: start + 8)
        let proofCount = number(at: start + 12)
        guard chunk < manifest.chunks.count else { throw ManifestError("blocks of a chunk that there is not") }
        let chunkLength = manifest.chunks[chunk].length
        // Before anything of it is kept. A proof is of the blocks that are not here.
        guard chunkLength <= Self.chunkLimit, Int64(all) <= chunkLength,
            all <= Self.blocksOfChunk + Int(chunkLength / Self.pieceLength) + 2, count > 0, count <= all,
            proofCount <= all - count
        else { throw ManifestError("more blocks of chunk \(chunk) than it has") }
        if let asked {
            guard let wanted = asked[chunk], wanted == nil || wanted == count else {
                throw ManifestError("blocks of chunk \(chunk) that were not asked for")
            }
        }
        let places = start + Self.headLength
        guard buffer.count >= places + 8 * count else { return nil }
        let blockBytes = (0..<count).saturatingSum { number(at: places + 8 * $0 + 4) }
        guard Int64(blockBytes) <= min(chunkLength, Int64(Self.lengthLimit)) else {
            throw ManifestError("blocks that are longer than chunk \(chunk)")
        }
        let length = Self.headLength + 8 * count + Digest.byteCount * proofCount + blockBytes
        guard seen.insert(chunk).inserted else { throw ManifestError("chunk \(chunk) twice") }
        known = length
        return length
    }

    private func number(at offset: Int) -> Int {
        (0..<4).reduce(into: 0) { $0 |= Int(buffer[offset + $1]) << (8 * $1) }
    }
}

public import Digests

/// A version's chunks: a partition of the file, and the digest of each part.
///
/// The canonical form, little-endian, is what is digested into the version's name:
///
///     "BPMANI" · format UInt16 (1) · content UInt8 · 7 zero bytes · size UInt64 · count UInt64
///     · count × (length UInt64 · digest 32 bytes)
///
/// Stored and sent, it is followed by a section of signatures (UInt16 count, zero for now), which is not digested.
/// `docs/formats.md` specifies it.
public struct Manifest: Sendable, Hashable {
    /// How the chunks were found in the bytes.
    public enum Content: UInt8, Sendable {
        /// Pieces of 1 MiB.
        case plain = 0
        /// A contiguous Blosc2 frame: header, chunks, unused parts, offsets, trailer.
        case frame = 1
    }

    public struct Chunk: Sendable, Hashable {
        /// In the file, bytes.
        public let offset: Int64
        /// Bytes, at least 1.
        public let length: Int64
        public let digest: Digest

        public var range: Range<Int64> { offset..<offset + length }
    }

    /// The sizes that a file may be said to have: with larger ones nothing could be counted.
    public static let sizes: ClosedRange<Int64> = 0...1 << 60

    public static let format: UInt16 = 1
    static let magic = Array("BPMANI".utf8)
    static let headerLength = 32
    static let entryLength = 40

    public let content: Content
    /// The file's length in bytes.
    public let size: Int64
    /// In the order of their offsets.
    public let chunks: [Chunk]
    public let version: Version

    /// - Parameter entries: the chunks' lengths and digests in the order of the bytes.
    public init(content: Content, entries: [(length: Int64, digest: Digest)]) {
        var offset: Int64 = 0
        var chunks: [Chunk] = []
        chunks.reserveCapacity(entries.count)
        for entry in entries {
            chunks.append(Chunk(offset: offset, length: entry.length, digest: entry.digest))
            offset += entry.length
        }
        self.init(content: content, size: offset, chunks: chunks)
    }

    init(content: Content, size: Int64, chunks: [Chunk]) {
        self.content = content
        self.size = size
        self.chunks = chunks
        version = Version(DigestTree.version(Self.canonical(content, size, chunks)))
    }

    /// The index of the chunk that holds the byte at `offset`, which lies in the file.
    public func chunk(at offset: Int64) -> Int {
        var low = 0, high = chunks.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if chunks[middle].offset <= offset { low = middle } else { high = middle }
        }
        return low
    }

    /// The chunks that a range of bytes touches.
    public func chunks(touching range: Range<Int64>) -> Range<Int> {
        guard !range.isEmpty, !chunks.isEmpty else { return 0..<0 }
        return chunk(at: range.lowerBound)..<chunk(at: range.upperBound - 1) + 1
    }

    public static func == (a: Manifest, b: Manifest) -> Bool { a.version == b.version }
    public func hash(into hasher: inout Hasher) { hasher.combine(version) }
}

internal import Blosc2
public import Catalogue
public import Digests

/// Digests of chunks, from their bytes: what a publisher computes and everybody else checks.
///
/// The blocks of a chunk are a function of its bytes alone and of the manifest's content: in a frame, a chunk that is a
/// consistent Blosc2 chunk has that chunk's head and blocks; everything else has blocks of 64 KiB.
public struct ChunkDigester: ~Copyable {
    public static let plainBlockLength = 64 * 1024

    private let content: Manifest.Content
    private let hasher = SHA256()

    public init(content: Manifest.Content) { self.content = content }

    /// The blocks of a chunk with their digests.
    public func table(of chunk: RawSpan) -> BlockTable {
        BlockTable(
            blocks(of: chunk).map { range in
                BlockTable.Block(
                    length: Int64(range.count), digest: DigestTree.block(chunk.extracting(range), with: hasher))
            })
    }

    /// The digest of a chunk.
    public func digest(of chunk: RawSpan) -> Digest {
        let digests = blocks(of: chunk).map { DigestTree.block(chunk.extracting($0), with: hasher) }
        return DigestTree.chunk(length: Int64(chunk.byteCount), blocks: digests, with: hasher)
    }

    private func blocks(of chunk: RawSpan) -> [Range<Int>] {
        switch content {
        case .plain: Self.plainBlocks(length: chunk.byteCount)
        case .frame: ChunkLayout.blocks(of: chunk)
        }
    }

    static func plainBlocks(length: Int) -> [Range<Int>] {
        stride(from: 0, to: length, by: plainBlockLength).map { $0..<min($0 + plainBlockLength, length) }
    }
}

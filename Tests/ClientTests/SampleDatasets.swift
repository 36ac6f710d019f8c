import Catalogue
import Digests

/// Datasets with content, as a publisher would make them.
struct SampleDataset: Sendable {
    var dataset: Dataset
    var bytes: [UInt8]
    var held: Int64 = 0
    var isFollowed = false

    init(_ path: String, _ bytes: [UInt8], modified: Double = 1_764_000_000) throws {
        self.bytes = bytes
        dataset = Dataset(
            path: try DatasetPath(path), version: Self.version(of: bytes), size: Int64(bytes.count), modified: modified,
            mediaType: "text/plain")
    }

    /// The version of a plain file, written down from the formats' description and not with the program's own code.
    static func version(of bytes: [UInt8]) -> Version {
        let hasher = SHA256()
        let entries = pieces(of: bytes, 1 << 20).map { chunk in
            let blocks = pieces(of: Array(chunk), 64 << 10).map { block in
                BlockTable.Block(
                    length: Int64(block.count), digest: DigestTree.block(Array(block).span.bytes, with: hasher))
            }
            return (length: Int64(chunk.count), digest: BlockTable(blocks).chunkDigest)
        }
        return Manifest(content: .plain, entries: entries).version
    }

    private static func pieces(of bytes: [UInt8], _ length: Int) -> [ArraySlice<UInt8>] {
        stride(from: 0, to: bytes.count, by: length).map { bytes[$0..<min($0 + length, bytes.count)] }
    }
}

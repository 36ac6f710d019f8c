public import Arrays
public import Blosc2
public import Catalogue
internal import Digests
internal import Platform

/// Makes the version of a file's bytes: reads them once, from the first to the last, in pieces of at most 1 MiB.
///
/// A function of the bytes alone: same bytes, same version, on any host.
public enum VersionMaker {
    /// How many bytes of user attributes, decompressed, are looked at: more could not travel in the catalogue anyway.
    private static let attributeLimit = 1 << 16
    /// Bytes of a chunk of a file that is no frame; the last one may be shorter.
    public static let plainChunkLength: Int64 = 1 << 20

    /// What was found in a file's bytes.
    public struct Result: Sendable {
        public let manifest: Manifest
        /// What the frame says of itself; nil for any other file.
        public let frame: FrameInfo?
        /// Why a file that begins as a frame is none.
        public let flaw: String?
    }

    /// The version of `source`.
    ///
    /// A file that begins as a Blosc2 frame and is a whole one has the chunks of the frame; any other has chunks of 1 MiB.
    ///
    /// - Throws: ``VersionError`` when the bytes cannot be read, or end before `source.size`.
    public static func version(of source: some ByteSource) throws(VersionError) -> Result {
        let (found, flaw) = try find(in: source)
        guard let found else {
            let pieces = stride(from: 0, to: source.size, by: Int(plainChunkLength)).lazy.map {
                $0..<min($0 + plainChunkLength, source.size)
            }
            let manifest = try manifest(.plain, pieces, of: source)
            return Result(manifest: manifest, frame: nil, flaw: flaw)
        }
        let manifest = try manifest(.frame, found.layout.pieces, of: source)
        return Result(manifest: manifest, frame: found.info, flaw: nil)
    }

    /// What a file says of itself as a frame, without reading all of it.
    public static func frame(in source: some ByteSource) throws(VersionError) -> (frame: FrameInfo?, flaw: String?) {
        let (found, flaw) = try find(in: source)
        return (found?.info, flaw)
    }

    /// The blocks of a chunk of a version, read from a file that should still be that version: compare the digest.
    public static func blockTable(
        of chunk: Manifest.Chunk, content: Manifest.Content, in source: some ByteSource
    ) throws(VersionError) -> BlockTable {
        var reader = PieceReader(source, end: chunk.range.upperBound)
        return try reader.blockTable(of: chunk.range, content: content)
    }

    private static func find(
        in source: some ByteSource
    ) throws(VersionError) -> (found: (layout: FrameLayout, info: FrameInfo)?, flaw: String?) {
        do {
            guard try FrameLayout.isFrame(source) else { return (nil, nil) }
            let layout = try FrameLayout(source)
            return ((layout, try FrameInfo(source, layout, attributeLimit: attributeLimit)), nil)
        } catch let error where error.code == .inputOutput {
            throw VersionError("\(error)", cause: error.cause)
        } catch {
            return (nil, "\(error)")
        }
    }

    private static func manifest(
        _ content: Manifest.Content, _ pieces: some Sequence<Range<Int64>>, of source: some ByteSource
    ) throws(VersionError) -> Manifest {
        var reader = PieceReader(source, end: source.size)
        var entries: [(length: Int64, digest: Digest)] = []
        for piece in pieces {
            let digest = try reader.blockTable(of: piece, content: content).chunkDigest
            entries.append((piece.upperBound - piece.lowerBound, digest))
        }
        return Manifest(content: content, entries: entries)
    }
}

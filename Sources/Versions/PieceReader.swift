internal import Arrays
internal import Blosc2
internal import Catalogue
internal import Digests
internal import Platform

/// Reads a file front to back through a window of 1 MiB, and digests what passes.
///
/// Chunks may be much larger than the window, or so small that a read for each would cost more than its digest.
struct PieceReader<Source: ByteSource>: ~Copyable {
    private static var windowLength: Int { 1 << 20 }

    private let source: Source
    /// Where the last piece ends: nothing behind it is read.
    private let end: Int64
    private let hasher = SHA256()
    private var window: SharedBytes?
    private var windowStart: Int64 = 0

    init(_ source: Source, end: Int64) {
        self.source = source
        self.end = end
    }

    mutating func blockTable(of piece: Range<Int64>, content: Manifest.Content) throws(VersionError) -> BlockTable {
        let length = Int(piece.upperBound - piece.lowerBound)
        var blocks: [BlockTable.Block] = []
        for range in try blockRanges(of: piece, length: length, content: content) {
            let start = piece.lowerBound + Int64(range.lowerBound)
            let digest = try withBytes(at: start, count: range.count) { DigestTree.block($0, with: $1) }
            blocks.append(BlockTable.Block(length: Int64(range.count), digest: digest))
        }
        return BlockTable(blocks)
    }

    private mutating func blockRanges(
        of piece: Range<Int64>, length: Int, content: Manifest.Content
    ) throws(VersionError) -> [Range<Int>] {
        guard content == .frame else { return ChunkDigester.plainBlocks(length: length) }
        let first = min(length, 32)
        let headLength = try withBytes(at: piece.lowerBound, count: first) { bytes, _ in
            ChunkLayout.headLength(startingWith: bytes, length: length)
        }
        return try withBytes(at: piece.lowerBound, count: min(headLength, length)) { bytes, _ in
            ChunkLayout.blocks(startingWith: bytes, length: length)
        }
    }

    /// Lends exactly `count` bytes, at most a window's length.
    private mutating func withBytes<Result>(
        at offset: Int64, count: Int, _ body: (RawSpan, borrowing SHA256) -> Result
    ) throws(VersionError) -> Result {
        if let window, offset >= windowStart, offset + Int64(count) <= windowStart + Int64(window.count) {
            return lend(window, offset, count, body)
        }
        do {
            let ahead = Int(min(Int64(Self.windowLength), max(0, end - offset)))
            let window = try source.read(at: offset, count: max(count, ahead))
            guard window.count >= count else { throw VersionError("the file became shorter while it was read") }
            self.window = window
            windowStart = offset
            return lend(window, offset, count, body)
        } catch let error as VersionError {
            throw error
        } catch {
            throw VersionError("the file could not be read", cause: error)
        }
    }

    private func lend<Result>(
        _ window: SharedBytes, _ offset: Int64, _ count: Int, _ body: (RawSpan, borrowing SHA256) -> Result
    ) -> Result {
        let start = Int(offset - windowStart)
        return window.withBytes { body($0.extracting(start..<start + count), hasher) }
    }
}

public import Arrays
internal import Platform

/// Where everything is in the file of a contiguous frame: a function of the file's bytes alone.
///
/// The file is untrusted. What contradicts itself or the file's size is an error; nothing is allocated on the word of a
/// claimed size that the file itself could not hold.
public struct FrameLayout: Sendable {
    public enum Chunk: Sendable, Hashable {
        /// At `offset` from the start of the file.
        case stored(offset: Int64, length: Int)
        case special(SpecialValue)
    }

    public static let maximumChunkCount = ArrayGeometry.maximumChunkCount
    static let maximumHeaderLength: Int64 = 1 << 24
    static let maximumGap: Int64 = 1 << 20

    let fields: FrameHeader
    let fileSize: Int64
    public let header: Range<Int64>
    /// In the array's order, which need not be the order in the file.
    public let chunks: [Chunk]
    /// The compressed table of where the chunks are; none in a frame without data.
    public let offsetsChunk: Range<Int64>?
    public let trailer: Range<Int64>

    /// Whether the file begins as a frame does. Its name says nothing.
    public static func isFrame(_ source: some ByteSource) throws(ArrayError) -> Bool {
        let start = try source.bytes(0..<min(source.size, Int64(FrameHeader.length)), of: "start of the file")
        return start.withBytes(FrameHeader.hasMagic)
    }

    public init(_ source: some ByteSource) throws(ArrayError) {
        try self.init(source) { (offsets, data) throws(ArrayError) in
            try ChunkFinder(data: data).find(offsets, in: source)
        }
    }

    /// The layout of a file with holes, of which header, chunk of offsets and trailer are there.
    ///
    /// - Parameter pieces: how the whole file is known to be cut, ascending, as ``pieces`` has it: where a chunk begins,
    ///   a piece does.
    public init(_ source: some ByteSource, pieces: [Range<Int64>]) throws(ArrayError) {
        try self.init(source) { (offsets, data) throws(ArrayError) in
            try PieceFinder(data: data, pieces: pieces).find(offsets)
        }
    }

    private init(
        _ source: some ByteSource, find: ([Int64], Range<Int64>) throws(ArrayError) -> [Chunk]
    ) throws(ArrayError) {
        fileSize = source.size
        let start = try source.bytes(0..<min(fileSize, Int64(FrameHeader.length)), of: "frame header")
        fields = try start.withBytes { bytes throws(ArrayError) in try FrameHeader(bytes) }
        try Self.check(fields, fileSize: fileSize)
        header = 0..<fields.headerLength
        trailer = try Self.findTrailer(source, fields)
        guard fields.nbytes > 0 else {
            chunks = []
            offsetsChunk = nil
            return
        }
        let table = try OffsetTable(source, fields, end: trailer.lowerBound)
        offsetsChunk = table.range
        chunks = try find(table.offsets, header.upperBound..<table.range.lowerBound)
        try checkOverlaps()
    }

    private static func check(_ fields: FrameHeader, fileSize: Int64) throws(ArrayError) {
        guard fields.headerLength >= FrameHeader.length, fields.headerLength <= fields.frameLength else {
            throw .corrupt("frame header: claims \(fields.headerLength) bytes of a frame of \(fields.frameLength)")
        }
        guard fields.headerLength <= maximumHeaderLength else {
            throw ArrayError(.tooLarge, "frame header: \(fields.headerLength) bytes, more than \(maximumHeaderLength)")
        }
        guard fields.frameLength <= fileSize else {
            throw .corrupt("the frame claims \(fields.frameLength) bytes, but the file has \(fileSize)")
        }
        guard fields.nbytes >= 0, fields.cbytes >= 0, fields.typeSize > 0, fields.blockSize >= 0 else {
            throw .corrupt("frame header: a size is negative, or the type size is not positive")
        }
    }

    /// The last bytes of a frame say how long its trailer is.
    private static func findTrailer(
        _ source: some ByteSource, _ fields: FrameHeader
    ) throws(ArrayError) -> Range<Int64> {
        let end = fields.frameLength
        guard end - fields.headerLength >= 25 else { throw .corrupt("frame trailer: no room for one") }
        let last = try source.bytes((end - 25)..<end, of: "frame trailer")
        let (mark, length) = last.withBytes { ($0.byte(2), $0.bigEndian(3, as: UInt32.self) ?? 0) }
        guard mark == 0xce else { throw .corrupt("frame trailer: its end is not one; the file may be incomplete") }
        guard length >= 25, Int64(length) <= end - fields.headerLength else {
            throw .corrupt("frame trailer: claims \(length) bytes of a frame of \(end)")
        }
        return (end - Int64(length))..<end
    }

    private func checkOverlaps() throws(ArrayError) {
        for (one, next) in zip(storedRanges, storedRanges.dropFirst()) where next.lowerBound < one.upperBound {
            throw .corrupt("the chunks at \(one.lowerBound) and \(next.lowerBound) overlap")
        }
    }
}

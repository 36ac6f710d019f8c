/// Writes a contiguous frame around chunks: header before, table of offsets and trailer behind.
struct FrameWriter {
    private let codec: FrameCodec
    private let itemSize: Int
    private let division: RowDivision
    /// Content of `b2nd`.
    private let metalayer: [UInt8]?
    private var offsets: [Int64] = []
    private var position: Int
    private var uncompressed: Int64 = 0

    private static let fixedLength = FrameHeader.length
    private static let trailer: [UInt8] =
        [0x94, 0x01, 0x93, 0xcd, 0, 6, 0xde, 0, 0, 0xdc, 0, 0, 0xce, 0, 0, 0, 35, 0xd8, 0]
        + [UInt8](repeating: 0, count: 16)
    /// More than a chunk can be longer than its items.
    private static let chunkOverhead = 64

    init(_ codec: FrameCodec, itemSize: Int, _ division: RowDivision, metalayer: [UInt8]?) {
        self.codec = codec
        self.itemSize = itemSize
        self.division = division
        self.metalayer = metalayer
        position = Self.headerLength(metalayer)
    }

    private static func headerLength(_ metalayer: [UInt8]?) -> Int {
        fixedLength + 10 + (metalayer.map { 10 + 5 + $0.count } ?? 0)
    }

    /// What the frame needs at most.
    func capacity(chunkCount: Int) -> Int {
        position + chunkCount * (division.chunkByteCount + Self.chunkOverhead + 8) + ChunkHeader.length
            + Self.trailer.count
    }

    /// Where the next chunk goes.
    func room(in buffer: UnsafeMutableRawBufferPointer) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: buffer[position...])
    }

    mutating func addChunk(length: Int, uncompressed: Int) {
        offsets.append(Int64(position - Self.headerLength(metalayer)))
        position += length
        self.uncompressed += Int64(uncompressed)
    }

    /// - Returns: the length of the frame.
    mutating func finish(in buffer: UnsafeMutableRawBufferPointer) -> Int {
        let chunksEnd = position
        if !offsets.isEmpty { append(offsetsChunk, to: buffer) }
        append(Self.trailer, to: buffer)
        buffer.copyBytes(from: header(frameLength: position, chunksEnd: chunksEnd))
        return position
    }

    private mutating func append(_ bytes: [UInt8], to buffer: UnsafeMutableRawBufferPointer) {
        UnsafeMutableRawBufferPointer(rebasing: buffer[position...]).copyBytes(from: bytes)
        position += bytes.count
    }

    /// A chunk that is a copy of the table.
    private var offsetsChunk: [UInt8] {
        let length = 8 * offsets.count
        var bytes: [UInt8] = [5, 1, 0x07, 8]
        for size in [length, length, length + ChunkHeader.length] {
            bytes.append(contentsOf: Int32(size).littleEndianBytes)
        }
        bytes += [0, 0, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 10)
        for offset in offsets { bytes.append(contentsOf: offset.littleEndianBytes) }
        return bytes
    }

    private func header(frameLength: Int, chunksEnd: Int) -> [UInt8] {
        let length = Self.headerLength(metalayer)
        var bytes: [UInt8] = [0x9e, 0xa8] + Array("b2frame\0".utf8)
        bytes += [0xd2] + Int32(length).bigEndianBytes + [0xcf] + Int64(frameLength).bigEndianBytes
        // Version 2, offsets of 64 bits; codec and level; splits as C-Blosc2 thinks best.
        let family: [UInt8: UInt8] = [2: 1, 4: 3, 5: 4]
        bytes += [0xa4, 0x12, 0, family[codec.codec, default: codec.codec] | codec.level << 4, 2]
        bytes += [0xd3] + uncompressed.bigEndianBytes + [0xd3] + Int64(chunksEnd - length).bigEndianBytes
        bytes += [0xd2] + Int32(itemSize).bigEndianBytes + [0xd2] + Int32(division.blockByteCount).bigEndianBytes
        bytes += [0xd2] + Int32(division.chunkByteCount).bigEndianBytes
        // One thread, no user attributes; then the filters: shuffle in the last of six places.
        bytes += [0xd1, 0, 1, 0xd1, 0, 1, 0xc2, 0xd8, 6, 0, 0, 0, 0, 0, 1, codec.codec, 0]
        bytes += [UInt8](repeating: 0, count: 8)
        guard let metalayer else { return bytes + [0x93, 0xcd, 0, 7, 0xde, 0, 0, 0xdc, 0, 0] }
        bytes += [0x93, 0xcd, 0, 17, 0xde, 0, 1, 0xa4] + Array("b2nd".utf8)
        bytes += [0xd2] + Int32(Self.fixedLength + 20).bigEndianBytes + [0xdc, 0, 1]
        return bytes + [0xc6] + Int32(metalayer.count).bigEndianBytes + metalayer
    }
}

extension FixedWidthInteger {
    fileprivate var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
    fileprivate var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}

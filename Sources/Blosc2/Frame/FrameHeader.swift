internal import Arrays
internal import Platform

/// The fixed part at the start of a frame.
struct FrameHeader: Sendable {
    static let length = 87
    private static let magic: [UInt8] = [0xa8] + Array("b2frame\0".utf8)
    private static let newestVersion: UInt8 = 3

    let headerLength: Int64
    let frameLength: Int64
    let codec: UInt8
    let codecMeta: UInt8
    let compressionLevel: Int
    let splitMode: Int
    let nbytes: Int64
    let cbytes: Int64
    let typeSize: Int
    let blockSize: Int
    let chunkSize: Int
    let filters: [UInt8]
    let filtersMeta: [UInt8]
    let usesDictionary: Bool

    /// Whether a file that begins with `bytes` means to be a frame.
    static func hasMagic(_ bytes: RawSpan) -> Bool {
        guard let first = bytes.byte(0), first & 0xf0 == 0x90 else { return false }
        return bytes.copy(1, count: magic.count) == magic
    }

    init(_ bytes: RawSpan) throws(ArrayError) {
        guard Self.hasMagic(bytes) else { throw ArrayError(.otherFormat, "not a Blosc2 frame") }
        guard bytes.byteCount >= Self.length else { throw .corrupt("the frame's header is cut off") }
        func big<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _: Value.Type) -> Int64 {
            Int64(truncatingIfNeeded: bytes.bigEndian(offset, as: Value.self) ?? 0)
        }
        func byte(_ offset: Int) -> UInt8 { bytes.byte(offset) ?? 0 }

        guard byte(25) & 0x0f <= Self.newestVersion else {
            throw ArrayError(.unsupported, "a Blosc2 frame of the newer format \(byte(25) & 0x0f)")
        }
        guard byte(26) & 0x0f == 0 else {
            throw ArrayError(.unsupported, "a sparse Blosc2 frame (a folder), whose chunks are in other files")
        }
        headerLength = big(11, Int32.self)
        frameLength = big(16, Int64.self)
        nbytes = big(30, Int64.self)
        cbytes = big(39, Int64.self)
        typeSize = Int(big(48, Int32.self))
        blockSize = Int(big(53, Int32.self))
        let storedChunkSize = Int(big(58, Int32.self))
        // -1 in frames without chunks that python-blosc2 writes: not known yet.
        chunkSize = nbytes == 0 ? max(storedChunkSize, 0) : storedChunkSize
        let packedCodec = byte(27) & 0x0f
        codec = packedCodec == 6 ? byte(77) : packedCodec
        codecMeta = byte(78)
        compressionLevel = Int(byte(27) >> 4)
        splitMode = Int(byte(28) & 3) + 1
        filters = bytes.copy(71, count: 6) ?? []
        filtersMeta = bytes.copy(79, count: 6) ?? []
        usesDictionary = byte(85) & 1 != 0
    }
}

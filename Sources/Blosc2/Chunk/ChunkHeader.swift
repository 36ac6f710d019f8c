/// The header of a Blosc2 chunk, as it stands: nothing in it has been believed yet.
struct ChunkHeader: Sendable {
    /// Of the extended header, which all chunks of Blosc2 have; those of Blosc 1 have 16 bytes.
    static let length = 32

    let version: UInt8
    let flags: UInt8
    let typeSize: Int
    let nbytes: Int
    let blockSize: Int
    let cbytes: Int
    let filters: [UInt8]
    let filtersMeta: [UInt8]
    /// Of codecs that have no format of their own.
    let codec: UInt8
    let codecMeta: UInt8
    private let secondFlags: UInt8
    private let blosc2Flags: UInt8

    /// Nil when 16, or for an extended header 32, bytes are not there.
    init?(_ bytes: RawSpan) { self.init(bytes, at: 0) }

    init?(_ bytes: RawSpan, at start: Int) {
        guard let cbytes: Int32 = bytes.littleEndian(start + 12), let version = bytes.byte(start),
            let flags = bytes.byte(start + 2), let typeSize = bytes.byte(start + 3),
            let nbytes: Int32 = bytes.littleEndian(start + 4), let blockSize: Int32 = bytes.littleEndian(start + 8)
        else { return nil }
        self.version = version
        self.flags = flags
        self.typeSize = Int(typeSize)
        self.nbytes = Int(nbytes)
        self.blockSize = Int(blockSize)
        self.cbytes = Int(cbytes)
        guard flags & 0x05 == 0x05 else {
            filters = []
            filtersMeta = []
            codec = 0
            codecMeta = 0
            secondFlags = 0
            blosc2Flags = 0
            return
        }
        guard let second = bytes.byte(start + 30), let last = bytes.byte(start + 31) else { return nil }
        filters = bytes.copy(start + 16, count: 6) ?? []
        filtersMeta = bytes.copy(start + 24, count: 6) ?? []
        codec = bytes.byte(start + 22) ?? 0
        codecMeta = bytes.byte(start + 23) ?? 0
        secondFlags = second
        blosc2Flags = last
    }

    var isExtended: Bool { flags & 0x05 == 0x05 }
    var headerLength: Int { isExtended ? Self.length : 16 }
    var isCopied: Bool { flags & 0x02 != 0 }
    /// 0 blosclz, 1 lz4, 3 zlib, 4 zstd; 6 and 7: defined elsewhere.
    var codecFormat: UInt8 { flags >> 5 }
    var isLazy: Bool { blosc2Flags & 0x08 != 0 }
    var isSpecial: Bool { specialKind != 0 }
    /// 1 zeros, 2 NaN, 3 a value that follows the header, 4 uninitialised.
    var specialKind: UInt8 { blosc2Flags >> 4 & 0x07 }
    var hasDictionary: Bool { blosc2Flags & 0x01 != 0 }
    var isInstrumented: Bool { blosc2Flags & 0x80 != 0 }
    var hasBlocksOfVariableLength: Bool { secondFlags & 0x01 != 0 }
}

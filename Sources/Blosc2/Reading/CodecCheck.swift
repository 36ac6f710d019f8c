internal import Arrays
internal import Platform

/// Whether C-Blosc2 may be given a chunk of somebody else's.
///
/// It trusts some parts of a chunk: those that would make it look for a file, a plugin to load, or memory that the
/// chunk's own words do not cover, never reach it.
struct CodecCheck {
    /// Of the frame's array, when it has one.
    let blocks: [Int]?
    let itemSize: Int

    /// A codec that works on floating-point numbers in up to four dimensions.
    private static let zfp: ClosedRange<UInt8> = 33...35

    /// Whether the frame's shape must be told to C-Blosc2.
    static func needsShape(_ header: ChunkHeader) -> Bool {
        isZFP(header) || header.filters.contains(32) || header.filters.contains(33)
    }

    static func isZFP(_ header: ChunkHeader) -> Bool { header.codecFormat == 6 && zfp.contains(header.codec) }

    func check(_ header: ChunkHeader, _ part: String) throws(ArrayError) {
        guard header.isExtended, !header.isLazy, !header.isInstrumented, !header.hasBlocksOfVariableLength,
            header.typeSize > 0, header.blockSize > 0, header.blockSize <= header.nbytes
        else { throw .corrupt("\(part): its header makes no sense") }
        let isBuiltIn = [0, 1, 3, 4].contains(header.codecFormat)
        guard isBuiltIn || (Self.isZFP(header) && allowsZFP(header)) else {
            throw ArrayError(.unsupported, "\(part): compressed with codec \(header.codec), which is not read here")
        }
        for (filter, meta) in zip(header.filters, header.filtersMeta) {
            guard allows(filter, meta, header) else {
                throw ArrayError(.unsupported, "\(part): filter \(filter) with \(meta) is not read here")
            }
        }
    }

    private func allowsZFP(_ header: ChunkHeader) -> Bool {
        guard let blocks else { return false }
        return (1...4).contains(blocks.count) && isOfShape(header) && [4, 8].contains(itemSize)
    }

    private func allows(_ filter: UInt8, _ meta: UInt8, _ header: ChunkHeader) -> Bool {
        switch filter {
        case 0...4, 36: true
        // Cells of `meta` items a side.
        case 32, 33:
            (1...127).contains(meta) && (1...8).contains(blocks?.count ?? 0) && isOfShape(header) && itemSize < 128
                && blocks?.allSatisfy { $0 <= 1 << 24 } == true
        // Bytes apart by `meta`; what does not divide would stay unwritten.
        case 34, 35:
            header.blockSize % Self.distance(meta, header) == 0 && header.nbytes % Self.distance(meta, header) == 0
        default: false
        }
    }

    /// What the filters that take the difference of bytes so far apart mean by 0, they would look up in a frame.
    static func distance(_ meta: UInt8, _ header: ChunkHeader) -> Int { meta == 0 ? header.typeSize : Int(meta) }

    /// Whether every block of the chunk is one of the array's.
    private func isOfShape(_ header: ChunkHeader) -> Bool {
        header.blockSize == (blocks.map { ([itemSize] + $0).checkedProduct } ?? nil)
            && header.nbytes % header.blockSize == 0 && header.typeSize == itemSize
    }

    /// How many bytes behind a block's own the codec may look at.
    ///
    /// ZFP does not check where its input ends. It goes on over zeros, at most as far as the rest of the block needs at
    /// its highest rate, 2.55 times the size of what it decodes.
    func readAhead(_ header: ChunkHeader) -> Int {
        guard Self.isZFP(header), let blocks else { return 0 }
        return 3 *| itemSize *| blocks.map { ($0 +| 3) / 4 *| 4 }.saturatingProduct +| 8192
    }
}

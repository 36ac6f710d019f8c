public import Arrays
public import Platform

/// What the beginning of a file says of whether it is another file, packed: a frame of bytes that is no array, as Caterva2
/// keeps files.
public enum PackedFile: Sendable, Hashable {
    /// A frame of so many bytes; whether its chunks bear that out is seen when they are read.
    case packed(size: Int64)
    /// No frame, or the beginning of one: it may become one.
    case unfinished(String)
    /// A whole header, of something else.
    case other

    /// What so few bytes cannot be expected to hold stays packed: to read it through would take for ever.
    private static let largestExpansion: Int64 = 1 << 12
    private static let alwaysUnpacked: Int64 = 1 << 32
    /// No layer of metadata has room in a header that is not longer.
    private static let headerLength = FrameHeader.length + 10

    /// Reads no more than the beginning.
    ///
    /// - Throws: when that cannot be read.
    public init(_ source: some ByteSource) throws(SystemError) {
        let start = try source.read(at: 0, count: Self.headerLength)
        do throws(ArrayError) {
            self = try start.withBytes { bytes throws(ArrayError) in
                try Self.look(at: FrameHeader(bytes), bytes, fileSize: source.size)
            }
        } catch {
            self = error.code == .unsupported ? .other : .unfinished("\(error)")
        }
    }

    private static func look(
        at header: FrameHeader, _ bytes: RawSpan, fileSize: Int64
    ) throws(ArrayError) -> PackedFile {
        guard let layers: UInt16 = bytes.bigEndian(FrameHeader.length + 5) else {
            throw .corrupt("the frame's header is cut off")
        }
        guard header.typeSize == 1, layers == 0, header.nbytes >= 0, header.chunkSize > 0 || header.nbytes == 0,
            header.nbytes <= max(alwaysUnpacked, fileSize *| largestExpansion)
        else { return .other }
        return .packed(size: header.nbytes)
    }
}

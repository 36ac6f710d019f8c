public import Arrays
public import Platform

/// The bytes in the chunks of a frame, one after the other, as those of a file of their own.
///
/// Few of them are in memory, however large the chunks are: Caterva2 makes one of a whole file.
public final class UnpackedSource: ByteSource, Sendable {
    /// What ``read(at:count:into:)`` fails with where the frame is damaged: EILSEQ, which no file
    /// system has for it.
    public static let damaged: Int32 = 84

    /// What is unpacked at once. Blocks that are longer are unpacked again for each of these.
    static let sectionLength: Int64 = 1 << 21

    /// What cannot be unpacked without having as much in memory is not.
    private let largestUnit: Int

    public let size: Int64
    private let source: any ByteSource & Sendable
    private let reader: ArrayReader
    private let sections: UnpackedSections
    private let name: String

    /// - Parameters:
    ///   - sections: where what was unpacked last is kept; by default as long as this lives.
    ///   - name: the bytes' own, under which `sections` may have some of them already.
    /// - Throws: `SystemError` when the source cannot be read, or with ``damaged`` as its code.
    public convenience init(
        _ source: any ByteSource & Sendable, sections: UnpackedSections = UnpackedSections(), name: String = ""
    ) throws(SystemError) {
        try self.init(source, sections: sections, name: name, largestUnit: 1 << 25)
    }

    init(
        _ source: any ByteSource & Sendable, sections: UnpackedSections = UnpackedSections(), name: String = "",
        largestUnit: Int
    ) throws(SystemError) {
        do throws(ArrayError) {
            reader = try ArrayReader(source, maximumBytes: Int(Self.sectionLength))
            guard reader.info.array == nil, reader.info.typeSize == 1 else {
                throw ArrayError(.unsupported, "it is no frame of bytes")
            }
        } catch {
            throw Self.failure(error)
        }
        self.source = source
        self.largestUnit = largestUnit
        size = reader.info.nbytes
        self.sections = sections
        self.name = name
    }

    public func read(at offset: Int64, count: Int) throws(SystemError) -> SharedBytes {
        let range = range(offset, count)
        return try SharedBytes(capacity: range.count) { (span: inout OutputRawSpan) throws(SystemError) in
            try read(at: offset, count: count, into: &span)
        }
    }

    public func read(at offset: Int64, count: Int, into span: inout OutputRawSpan) throws(SystemError) {
        var rest = range(offset, count)
        while !rest.isEmpty {
            let number = rest.lowerBound / Self.sectionLength
            let section = try sections.section(.init(name: name, number: number)) { () throws(SystemError) in
                try unpack(number)
            }
            let start = Int(rest.lowerBound - number * Self.sectionLength)
            let length = min(section.count - start, rest.count)
            try MemorySource(section).read(at: Int64(start), count: length, into: &span)
            rest = (rest.lowerBound + Int64(length))..<rest.upperBound
        }
    }

    private func range(_ offset: Int64, _ count: Int) -> Range<Int64> {
        let start = min(max(offset, 0), size)
        return start..<min(start +| Int64(max(count, 0)), size)
    }

    private func unpack(_ number: Int64) throws(SystemError) -> SharedBytes {
        let range = (number * Self.sectionLength)..<min((number + 1) * Self.sectionLength, size)
        // Also where no chunk has bytes in the source, it must still be one that can be read.
        _ = try source.read(at: 0, count: 1)
        do throws(ArrayError) {
            try checkChunks(of: range)
            let part = SliceExpression.Component.range(
                start: Int(range.lowerBound), stop: Int(range.upperBound), step: 1)
            return try reader.read(try reader.selection(SliceExpression([part]))).bytes
        } catch {
            throw Self.failure(error)
        }
    }

    /// Blocks are unpacked one by one, but their size is the frame's own word, and a chunk that does not divide into blocks is
    /// unpacked as a whole.
    private func checkChunks(of range: Range<Int64>) throws(ArrayError) {
        let chunkSize = Int64(reader.info.chunkSize)
        for number in Int(range.lowerBound / chunkSize)...Int((range.upperBound - 1) / chunkSize) {
            guard case .stored(let offset, let length) = reader.layout.chunks[number] else { continue }
            let chunk = StoredChunk(number: number, offset: offset, length: length)
            let head = try chunk.head(of: source, expectedBlocks: 0)
            guard let header = head.withBytes(ChunkHeader.init), !header.isSpecial else { continue }
            let unit = ChunkBlocks(startingWith: head, length: length)?.blockSize ?? max(header.nbytes, length)
            guard unit <= largestUnit else {
                throw ArrayError(.tooLarge, "\(chunk): \(unit) bytes of it must be unpacked at once")
            }
        }
    }

    private static func failure(_ error: ArrayError) -> SystemError {
        if let cause = error.cause as? SystemError { return cause }
        return SystemError("unpack it: \(error)", code: damaged)
    }
}

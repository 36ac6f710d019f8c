public import Arrays
internal import Platform

/// Reads parts of the array, or the items, of a frame.
///
/// The file may have holes: header, table of offsets and trailer must be there, and of chunks what
/// ``TouchedChunk/layoutIndices(startingWith:length:)`` names. Any number of threads may read at once; every call blocks.
/// The file is untrusted: what it says is checked against itself before memory is taken for it.
public final class ArrayReader: Sendable {
    public let info: FrameInfo
    public let layout: FrameLayout
    public let geometry: ArrayGeometry
    /// Larger answers are refused.
    public let maximumBytes: Int
    private let source: any ByteSource & Sendable

    /// - Parameter layout: that of `source`, or of the file of which it is a copy with holes.
    public init(
        _ source: any ByteSource & Sendable, layout: FrameLayout, info: FrameInfo, maximumBytes: Int = 1 << 31
    ) throws(ArrayError) {
        geometry = try ArrayGeometry(info)
        self.source = source
        self.layout = layout
        self.info = info
        self.maximumBytes = maximumBytes
    }

    public convenience init(
        _ source: any ByteSource & Sendable, maximumBytes: Int = 1 << 31
    ) throws(ArrayError) {
        let layout = try FrameLayout(source)
        try self.init(source, layout: layout, info: FrameInfo(source, layout), maximumBytes: maximumBytes)
    }

    /// What a slice means for this array.
    public func selection(_ slice: SliceExpression) throws(ArrayError) -> Selection {
        Selection(try slice.resolved(for: geometry.shape.map(Int64.init)), of: geometry)
    }

    /// What lists of indices mean for this array.
    public func selection(_ indices: IndexExpression) throws(ArrayError) -> Selection {
        guard info.array != nil else {
            throw ArrayError(.invalidRequest, "indices gather from arrays; this is not an array but a frame of items")
        }
        return try Selection(indices, of: geometry)
    }

    /// NumPy's code of the items, or of a part of each; `nil` for the items of a frame that is no array.
    ///
    /// - Throws: when the type has no such field.
    public func dtype(ofField field: String?) throws(ArrayError) -> String? { try part(field).dtype }

    /// How many bytes are read of every item: those of the field.
    ///
    /// - Throws: when the type has no such field.
    public func itemSize(ofField field: String?) throws(ArrayError) -> Int { try part(field).bytes.count }

    /// - Parameters:
    ///   - selection: of this reader's geometry.
    ///   - field: of a structured type, the part of each item that is wanted.
    public func read(_ selection: Selection, field: String? = nil) throws(ArrayError) -> ArrayValues {
        precondition(selection.geometry == geometry, "a selection of another array")
        let part = try part(field)
        let shape = selection.shape + part.innerShape
        guard let count = (selection.shape + [part.bytes.count]).checkedProduct, count <= maximumBytes else {
            throw ArrayError(.tooLarge, "the answer would have more than \(maximumBytes) bytes; ask for less")
        }
        guard shape.count <= 16 else {
            throw ArrayError(.invalidRequest, "the result has \(shape.count) dimensions, more than 16")
        }
        let bytes = try SharedBytes(capacity: count) { (span: inout OutputRawSpan) throws(ArrayError) in
            // Typed throws do not pass through the standard library's closure; the outcome does.
            let outcome = span.withUnsafeMutableBytes { buffer, initialized -> Result<Void, ArrayError> in
                guard count > 0, let start = buffer.baseAddress else { return .success(()) }
                initialized = count
                return Result { () throws(ArrayError) in try read(selection, part.bytes, to: start) }
            }
            try outcome.get()
        }
        return ArrayValues(shape: shape, dtype: part.dtype, itemSize: part.itemSize, bytes: bytes)
    }

    private func read(
        _ selection: Selection, _ part: Range<Int>, to result: UnsafeMutableRawPointer
    ) throws(ArrayError) {
        try read(selection, part, to: result, from: source)
    }

    private func read(
        _ selection: Selection, _ part: Range<Int>, to result: UnsafeMutableRawPointer, from source: some ByteSource
    ) throws(ArrayError) {
        try DecodingScratch.with { scratch throws(ArrayError) in
            var reading = ChunkReading(
                source, geometry, CodecCheck(blocks: info.array?.blocks, itemSize: geometry.itemSize), scratch,
                copy: BlockCopy(geometry, part: part, to: result))
            for touched in selection.chunks {
                try reading.read(
                    touched, layout.chunks[touched.number], uncompressed: uncompressedLength(of: touched.number))
            }
        }
    }

    private func uncompressedLength(of chunk: Int) -> Int {
        guard info.array == nil else { return geometry.chunkByteCount }
        return Int(min(Int64(info.chunkSize), info.nbytes - Int64(chunk) * Int64(info.chunkSize)))
    }

    private struct Part {
        let bytes: Range<Int>
        let dtype: String?
        let itemSize: Int
        let innerShape: [Int]
    }

    /// Which bytes of every item are wanted.
    private func part(_ field: String?) throws(ArrayError) -> Part {
        let dtype = info.array?.dtype
        guard let field else {
            return Part(bytes: 0..<geometry.itemSize, dtype: dtype, itemSize: geometry.itemSize, innerShape: [])
        }
        guard let dtype, let type = ItemType(parsing: dtype), type.size == geometry.itemSize, !type.fields.isEmpty
        else {
            throw ArrayError(.invalidRequest, "there are no fields: the type is not structured")
        }
        guard let found = type.fields.first(where: { $0.name.utf8.elementsEqual(field.utf8) }) else {
            let names = type.fields.prefix(20).map { "'\($0.name)'" }.joined(separator: ", ")
            throw ArrayError(.invalidRequest, "no field '\(field)'; there are \(names)")
        }
        let bytes = found.offset..<(found.offset + found.type.size)
        if case .array(let element, let shape) = found.type {
            return Part(bytes: bytes, dtype: element.description, itemSize: element.size, innerShape: shape)
        }
        return Part(bytes: bytes, dtype: found.type.description, itemSize: found.type.size, innerShape: [])
    }
}

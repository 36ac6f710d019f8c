internal import Arrays

/// The array that a frame holds, as its `b2nd` metalayer (or `caterva`, in old files) says.
public struct ArrayInfo: Sendable, Hashable {
    private static let maximumDimensions = 16

    public let shape: [Int64]
    public let chunks: [Int]
    public let blocks: [Int]
    /// As stored: `<f4`, or the literal of a structured type. Old files have none: bytes of the frame's type size.
    public let dtype: String

    /// As NumPy shows the type: `float32`.
    public var numpyType: String { NumpyType.name(of: dtype) }

    /// - Parameter content: version, dimensions, shape, chunks, blocks, and for `b2nd` the type's format and text.
    init(_ content: MessagePackValue, typeSize: Int) throws(ArrayError) {
        guard case .array(let fields) = content, fields.count >= 5, let count = fields[1].integer,
            (0...Int64(Self.maximumDimensions)).contains(count), let shape = Self.sizes(fields[2], count),
            let chunks = Self.sizes(fields[3], count), let blocks = Self.sizes(fields[4], count)
        else { throw .corrupt("array metalayer: it does not give shape, chunks and blocks") }
        self.shape = shape
        self.chunks = chunks.map(Int.init)
        self.blocks = blocks.map(Int.init)
        if fields.count >= 7, case .string(let text) = fields[6], !text.isEmpty {
            guard fields[5].integer == 0 else {
                throw ArrayError(.unsupported, "array metalayer: type is not NumPy's")
            }
            dtype = text
        } else {
            dtype = "|S\(typeSize)"
        }
    }

    /// `count` sizes, none negative, whose product is an `Int64`.
    private static func sizes(_ value: MessagePackValue, _ count: Int64) -> [Int64]? {
        guard case .array(let items) = value, items.count == count else { return nil }
        let sizes = items.compactMap(\.integer)
        guard sizes.count == items.count, sizes.allSatisfy({ $0 >= 0 }) else { return nil }
        var product: Int64 = 1
        for size in sizes where size > 0 {
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            guard !overflow else { return nil }
            product = next
        }
        return sizes
    }
}

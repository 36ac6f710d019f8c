public import Arrays
internal import Platform

/// What a frame says about itself and its data.
public struct FrameInfo: Sendable {
    /// Uncompressed; 0 where chunks differ in size.
    public let chunkSize: Int
    public let blockSize: Int
    public let typeSize: Int
    /// All data, uncompressed; of an array with the padding of its outer chunks.
    public let nbytes: Int64
    /// All data as stored, without header, offsets and trailer.
    public let cbytes: Int64
    public let chunkCount: Int
    public let compressionLevel: Int
    /// C-Blosc2's number: 0 blosclz, 1 lz4, 2 lz4hc, 4 zlib, 5 zstd, from 32 plugins.
    public let codec: UInt8
    public let codecMeta: UInt8
    /// The six places of the filter pipeline: 0 none, 1 shuffle, 2 bitshuffle, 3 delta, 4 truncated precision.
    public let filters: [UInt8]
    public let filtersMeta: [UInt8]
    /// 1 always, 2 never, 3 automatic, 4 forward compatible.
    public let splitMode: Int
    public let usesDictionary: Bool
    /// Nil for a frame that is no array.
    public let array: ArrayInfo?
    public let metalayers: [String]
    public let userAttributes: [UserAttribute]
    /// How many user attributes were left out because all together exceed the limit.
    public let omittedAttributes: Int

    /// - Parameter attributeLimit: how many bytes of user attributes to read, decompressed.
    public init(
        _ source: some ByteSource, _ layout: FrameLayout, attributeLimit: Int = 1 << 20
    ) throws(ArrayError) {
        let fields = layout.fields
        chunkSize = fields.chunkSize
        blockSize = fields.blockSize
        typeSize = fields.typeSize
        nbytes = fields.nbytes
        cbytes = fields.cbytes
        chunkCount = layout.chunks.count
        compressionLevel = fields.compressionLevel
        codec = fields.codec
        codecMeta = fields.codecMeta
        filters = fields.filters
        filtersMeta = fields.filtersMeta
        splitMode = fields.splitMode
        usesDictionary = fields.usesDictionary

        let header = try source.bytes(layout.header, of: "frame header")
        (metalayers, array) = try Self.readMetalayers(header, typeSize: fields.typeSize)
        (userAttributes, omittedAttributes) = try UserAttribute.read(source, layout.trailer, limit: attributeLimit)
    }

    private static func readMetalayers(
        _ header: SharedBytes, typeSize: Int
    ) throws(ArrayError) -> (names: [String], array: ArrayInfo?) {
        try header.withBytes { bytes throws(ArrayError) in
            let layers = try Metalayers(bytes, at: FrameHeader.length, limit: 16, of: "metalayers")
            let names = layers.entries.map(\.name)
            for name in ["b2nd", "caterva"] {
                guard let entry = layers.entries.first(where: { $0.name == name }) else { continue }
                guard let content = bytes.copy(entry.content.lowerBound, count: entry.content.count),
                    let value = MessagePackValue(decoding: SharedBytes(content))
                else { throw .corrupt("metalayer '\(name)': not MessagePack") }
                return (names, try ArrayInfo(value, typeSize: typeSize))
            }
            return (names, nil)
        }
    }
}

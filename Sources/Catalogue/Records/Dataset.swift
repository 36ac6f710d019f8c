/// What the catalogue says of a dataset: its current version and metadata.
public struct Dataset: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, Sendable {
        /// A Blosc2 frame with an n-dimensional array in it (`.b2nd`).
        case array
        /// A Blosc2 frame without one (`.b2frame`).
        case frame
        /// Any other file.
        case file
    }

    public var path: DatasetPath
    public var version: Version
    /// Bytes of the file.
    public var size: Int64
    /// When the file's content last changed at the publisher, seconds since 1970.
    public var modified: Double
    public var kind: Kind
    public var mediaType: String
    /// `nil` also for an array whose type takes more than ``ArrayMetadata/typeLimit`` bytes.
    public var array: ArrayMetadata?
    public var frame: FrameMetadata?
    /// The user attributes (vlmeta), when they take no more than ``attributesLimit`` bytes as JSON.
    public var attributes: [String: JSONValue]?
    /// True when there are user attributes but they are too long to travel in the catalogue.
    public var attributesOmitted: Bool?
    /// Why a file that should be a Blosc2 frame is published as a plain file.
    public var warning: String?

    public static let attributesLimit = 4096

    /// The sizes that a file may be said to have.
    public static let sizes = Manifest.sizes

    /// The nearest of ``sizes``.
    public static func clamped(_ size: Int64) -> Int64 { min(max(size, sizes.lowerBound), sizes.upperBound) }

    public init(
        path: DatasetPath, version: Version, size: Int64, modified: Double, kind: Kind = .file,
        mediaType: String = "application/octet-stream"
    ) {
        self.path = path
        self.version = version
        self.size = size
        self.modified = modified
        self.kind = kind
        self.mediaType = mediaType
    }
}

extension Dataset {
    /// - Throws: for numbers that no dataset has, so that what was decoded can be computed with.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            path: try values.decode(DatasetPath.self, forKey: .path),
            version: try values.decode(Version.self, forKey: .version),
            size: try values.decode(Int64.self, forKey: .size),
            modified: try values.decode(Double.self, forKey: .modified),
            kind: try values.decode(Kind.self, forKey: .kind),
            mediaType: try values.decode(String.self, forKey: .mediaType))
        array = try values.decodeIfPresent(ArrayMetadata.self, forKey: .array)
        frame = try values.decodeIfPresent(FrameMetadata.self, forKey: .frame)
        attributes = try values.decodeIfPresent([String: JSONValue].self, forKey: .attributes)
        attributesOmitted = try values.decodeIfPresent(Bool.self, forKey: .attributesOmitted)
        warning = try values.decodeIfPresent(String.self, forKey: .warning)
        guard let fault else { return }
        throw DecodingError.dataCorrupted(
            .init(codingPath: decoder.codingPath, debugDescription: "'\(path)': \(fault)"))
    }

    /// What is wrong with its numbers.
    private var fault: String? {
        if !Self.sizes.contains(size) { return "no file has \(size) bytes" }
        return array?.fault.map { "'array': \($0)" } ?? frame?.fault.map { "'frame': \($0)" }
    }
}

extension ArrayMetadata {
    /// What no array can be.
    public var fault: String? {
        // C-Blosc2's B2ND_MAX_DIM.
        if shape.count > 16 { return "'shape' has more than 16 dimensions" }
        if chunks.count != shape.count || blocks.count != shape.count {
            return "'shape', 'chunks' and 'blocks' have different numbers of dimensions"
        }
        return (shape + chunks + blocks).contains { $0 < 0 } ? "an extent is negative" : nil
    }
}

extension FrameMetadata {
    /// What no frame can be.
    public var fault: String? {
        if [nbytes, cbytes, chunkSize, blockSize, typeSize, chunkCount].contains(where: { $0 < 0 }) {
            return "a size is negative"
        }
        return filters.count > 16 || filtersMeta.count > 16 ? "more than 16 filters" : nil
    }
}

/// The geometry of an n-dimensional array, in items.
public struct ArrayMetadata: Codable, Hashable, Sendable {
    public var shape: [Int64]
    public var chunks: [Int64]
    public var blocks: [Int64]
    /// As NumPy prints it: `float32`, `>f8`, `[('a', '<i4')]`.
    public var dtype: String

    /// Bytes of a type's text that the catalogue takes.
    public static let typeLimit = 4096

    public init(shape: [Int64], chunks: [Int64], blocks: [Int64], dtype: String) {
        self.shape = shape
        self.chunks = chunks
        self.blocks = blocks
        self.dtype = dtype
    }
}

/// How a Blosc2 frame is stored; codes and filters by C-Blosc2's numbers.
public struct FrameMetadata: Codable, Hashable, Sendable {
    /// Bytes without and with compression.
    public var nbytes: Int64
    public var cbytes: Int64
    /// Bytes, uncompressed.
    public var chunkSize: Int64
    public var blockSize: Int64
    public var typeSize: Int64
    public var chunkCount: Int64
    public var codec: Int
    public var codecMeta: Int
    public var compressionLevel: Int
    public var filters: [Int]
    public var filtersMeta: [Int]
    public var splitMode: Int
    public var usesDictionary: Bool

    public init(
        nbytes: Int64, cbytes: Int64, chunkSize: Int64, blockSize: Int64, typeSize: Int64, chunkCount: Int64,
        codec: Int, codecMeta: Int, compressionLevel: Int, filters: [Int], filtersMeta: [Int], splitMode: Int,
        usesDictionary: Bool
    ) {
        self.nbytes = nbytes
        self.cbytes = cbytes
        self.chunkSize = chunkSize
        self.blockSize = blockSize
        self.typeSize = typeSize
        self.chunkCount = chunkCount
        self.codec = codec
        self.codecMeta = codecMeta
        self.compressionLevel = compressionLevel
        self.filters = filters
        self.filtersMeta = filtersMeta
        self.splitMode = splitMode
        self.usesDictionary = usesDictionary
    }
}

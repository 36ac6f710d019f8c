internal import Digests

/// A manifest, delta or block table that is not what it should be.
public struct ManifestError: Error, Hashable, Sendable, CustomStringConvertible {
    public let reason: String
    public init(_ reason: String) { self.reason = reason }
    public var description: String { reason }
}

extension Manifest {
    static func canonical(_ content: Content, _ size: Int64, _ chunks: [Chunk]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(headerLength + chunks.count * entryLength + 2)
        appendHeader(content, size, chunks.count, to: &bytes)
        for chunk in chunks { append(chunk, to: &bytes) }
        return bytes
    }

    static func appendHeader(_ content: Content, _ size: Int64, _ count: Int, to bytes: inout [UInt8]) {
        bytes += magic
        bytes.append(littleEndian: format)
        bytes.append(content.rawValue)
        bytes += [0, 0, 0, 0, 0, 0, 0]
        bytes.append(littleEndian: UInt64(size))
        bytes.append(littleEndian: UInt64(count))
    }

    static func append(_ chunk: Chunk, to bytes: inout [UInt8]) {
        bytes.append(littleEndian: UInt64(chunk.length))
        chunk.digest.append(to: &bytes)
    }

    /// As it is stored and sent.
    public var encoded: [UInt8] {
        var bytes = Self.canonical(content, size, chunks)
        bytes.append(littleEndian: UInt16(0))
        return bytes
    }

    /// Reads what ``encoded`` wrote.
    ///
    /// The result is internally consistent; whether it is the right one tells its ``version``.
    public init(encoded bytes: [UInt8]) throws(ManifestError) {
        var reader = ByteReader(bytes)
        let header = try Header(&reader)
        guard reader.remaining / Self.entryLength >= header.count else {
            throw ManifestError("a manifest of \(bytes.count) bytes cannot list \(header.count) chunks")
        }
        var chunks: [Chunk] = []
        chunks.reserveCapacity(header.count)
        var offset: Int64 = 0
        for _ in 0..<header.count {
            let chunk = try Chunk(&reader, offset: offset)
            offset += chunk.length
            chunks.append(chunk)
        }
        guard offset == header.size else { throw ManifestError("a manifest's chunks do not add up to its size") }
        let signatures: UInt16 = try reader.littleEndian()
        guard signatures == 0, reader.remaining == 0 else {
            throw ManifestError("a manifest has bytes behind its end, or signatures, which this version does not know")
        }
        self.init(content: header.content, size: header.size, chunks: chunks)
    }

    struct Header {
        let content: Content
        let size: Int64
        let count: Int

        init(_ reader: inout ByteReader) throws(ManifestError) {
            guard try reader.bytes(magic.count).elementsEqual(magic) else { throw ManifestError("not a manifest") }
            let format: UInt16 = try reader.littleEndian()
            guard format == Manifest.format else {
                throw ManifestError("a manifest of format \(format); this version of the program reads 1")
            }
            let kind: UInt8 = try reader.littleEndian()
            guard let content = Content(rawValue: kind), try reader.bytes(7).allSatisfy({ $0 == 0 }) else {
                throw ManifestError("a manifest with content or flags that this version of the program does not know")
            }
            let size: UInt64 = try reader.littleEndian()
            let count: UInt64 = try reader.littleEndian()
            guard size <= UInt64(Manifest.sizes.upperBound), count <= size else {
                throw ManifestError("a manifest of absurd size")
            }
            self.content = content
            self.size = Int64(size)
            self.count = Int(count)
        }
    }
}

extension Manifest.Chunk {
    init(_ reader: inout ByteReader, offset: Int64) throws(ManifestError) {
        let length: UInt64 = try reader.littleEndian()
        guard length > 0, length <= UInt64(Int64.max - offset) else {
            throw ManifestError("a manifest with a chunk of impossible length")
        }
        guard let digest = Digest(bytes: try reader.bytes(Digest.byteCount)) else {
            throw ManifestError("a manifest that ends too early")
        }
        self.init(offset: offset, length: Int64(length), digest: digest)
    }
}

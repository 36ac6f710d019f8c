public import Digests
internal import Platform

/// A manifest told as the difference to another: runs of chunks that both have, and those that are new.
///
///     the manifest's header · runs until its count is reached:
///       0 · first UInt64 · count UInt64           chunks of the older manifest
///       1 · count UInt64 · count × entry          chunks of its own
public enum ManifestDelta {
    private enum Run { static let old: UInt8 = 0, new: UInt8 = 1 }

    public static func encode(_ manifest: Manifest, since old: Manifest) -> [UInt8] {
        let positions = old.positions
        var bytes: [UInt8] = []
        Manifest.appendHeader(manifest.content, manifest.size, manifest.chunks.count, to: &bytes)
        var index = 0
        while index < manifest.chunks.count {
            let start = index
            if let first = positions[manifest.chunks[index].digest] {
                index += 1
                while index < manifest.chunks.count, first + index - start < old.chunks.count,
                    old.chunks[first + index - start].digest == manifest.chunks[index].digest
                {
                    index += 1
                }
                bytes.append(Run.old)
                bytes.append(littleEndian: UInt64(first))
                bytes.append(littleEndian: UInt64(index - start))
            } else {
                while index < manifest.chunks.count, positions[manifest.chunks[index].digest] == nil { index += 1 }
                bytes.append(Run.new)
                bytes.append(littleEndian: UInt64(index - start))
                for chunk in manifest.chunks[start..<index] { Manifest.append(chunk, to: &bytes) }
            }
        }
        return bytes
    }

    /// - Parameter limit: the most chunks that the result may have. Because a run of old ones costs the sender nothing, it has
    ///   at most twice as many as the older one, and more only as the delta is longer.
    public static func decode(
        _ bytes: [UInt8], since old: Manifest, limit: Int = 1 << 24
    ) throws(ManifestError) -> Manifest {
        var reader = ByteReader(bytes)
        let header = try Manifest.Header(&reader)
        let limit = min(limit, 2 *| old.chunks.count +| bytes.count / 8)
        guard header.count <= limit else { throw ManifestError("a delta that leads to more than \(limit) chunks") }
        var entries: [(length: Int64, digest: Digest)] = []
        var size: Int64 = 0
        func add(_ chunk: Manifest.Chunk) throws(ManifestError) {
            guard entries.count < header.count, chunk.length <= header.size - size else {
                throw ManifestError("a delta whose runs exceed its size")
            }
            size += chunk.length
            entries.append((chunk.length, chunk.digest))
        }
        while entries.count < header.count {
            let kind: UInt8 = try reader.littleEndian()
            switch kind {
            case Run.old:
                let first: UInt64 = try reader.littleEndian()
                let count: UInt64 = try reader.littleEndian()
                let known = UInt64(old.chunks.count)
                guard count > 0, first < known, count <= known - first else {
                    throw ManifestError("a delta that names chunks which the older manifest does not have")
                }
                for chunk in old.chunks[Int(first)..<Int(first + count)] { try add(chunk) }
            case Run.new:
                let count: UInt64 = try reader.littleEndian()
                guard count > 0, count <= UInt64(reader.remaining) else { throw ManifestError("a delta that is cut") }
                for _ in 0..<Int(count) { try add(Manifest.Chunk(&reader, offset: size)) }
            default: throw ManifestError("a delta with an unknown kind of run")
            }
        }
        guard size == header.size, reader.remaining == 0 else { throw ManifestError("a delta that does not add up") }
        return Manifest(content: header.content, entries: entries)
    }
}

extension Manifest {
    /// Where each digest stands, the first place for one that stands several times.
    public var positions: [Digest: Int] {
        var result: [Digest: Int] = [:]
        result.reserveCapacity(chunks.count)
        for (index, chunk) in chunks.enumerated() where result[chunk.digest] == nil { result[chunk.digest] = index }
        return result
    }
}

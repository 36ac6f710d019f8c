public import Arrays
public import Catalogue
internal import Platform

/// Why blocks are not proven.
public enum BlockFault: Error, Hashable, Sendable {
    /// The chunk has so many blocks, and not all that are asked for.
    case noBlock(count: Int)
    /// They are more bytes than are wanted at a time.
    case tooMuch
    /// The bytes are not those of the manifest's chunk.
    case differs
}

/// Cuts blocks out of a chunk and proves them.
public enum BlockAnswer {
    /// The blocks that `part` asks for. The chunk is digested anew, for digests of blocks are not kept, piece by piece, so
    /// that it takes no memory however long it is.
    ///
    /// - Parameters:
    ///   - source: the version's bytes.
    ///   - limit: of the blocks, in bytes.
    /// - Throws: ``BlockFault``, ``VersionError``, and what the source throws.
    public static func blocks(
        _ part: BlockRequest.Part, of manifest: Manifest, in source: some ByteSource, limit: Int64 = .max
    ) throws -> ProvenBlocks {
        let chunk = manifest.chunks[part.chunk]
        let table = try VersionMaker.blockTable(of: chunk, content: manifest.content, in: source)
        guard table.chunkDigest == chunk.digest else { throw BlockFault.differs }
        let wanted = part.blocks.isEmpty ? Array(table.blocks.indices) : part.blocks
        guard let last = wanted.last, last < table.blocks.count else {
            throw BlockFault.noBlock(count: table.blocks.count)
        }
        guard wanted.saturatingSum({ table.blocks[$0].length }) <= limit else { throw BlockFault.tooMuch }
        var offsets = [chunk.offset]
        for block in table.blocks { offsets.append(offsets[offsets.count - 1] + block.length) }
        let blocks = try wanted.map { index in
            let count = Int(table.blocks[index].length)
            let bytes = try source.read(at: offsets[index], count: count)
            guard bytes.count == count else { throw BlockFault.differs }
            return (index: index, bytes: bytes)
        }
        return ProvenBlocks(chunk: part.chunk, table: table, blocks: blocks)
    }
}

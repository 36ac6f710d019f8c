public import Catalogue
public import Platform

/// Cuts blocks out of a chunk and proves them.
public enum BlockAnswer {
    /// The blocks that `part` asks for, of a chunk that has these bytes.
    ///
    /// - Returns: `nil` when the chunk has no such block, or the bytes are not those of the manifest's chunk.
    public static func blocks(_ part: BlockRequest.Part, of manifest: Manifest, chunk bytes: SharedBytes)
        -> ProvenBlocks?
    {
        bytes.withBytes { span in
            let table = ChunkDigester(content: manifest.content).table(of: span)
            guard part.chunk < manifest.chunks.count, table.chunkDigest == manifest.chunks[part.chunk].digest else {
                return nil
            }
            var offsets: [Int] = [0]
            for block in table.blocks { offsets.append(offsets[offsets.count - 1] + Int(block.length)) }
            let wanted = part.blocks.isEmpty ? Array(table.blocks.indices) : part.blocks
            guard let last = wanted.last, last < table.blocks.count else { return nil }
            let cut = wanted.map { index in
                (index: index, bytes: SharedBytes(copying: span.extracting(offsets[index]..<offsets[index + 1])))
            }
            return ProvenBlocks(chunk: part.chunk, table: table, blocks: cut)
        }
    }
}

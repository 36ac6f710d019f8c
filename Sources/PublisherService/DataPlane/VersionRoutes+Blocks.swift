internal import Blosc2
internal import Catalogue
internal import HTTP
internal import Platform
internal import Versions
internal import Wire

extension VersionRoutes {
    /// What the blocks of one chunk in an answer may have in memory.
    private static let blocksLimit: Int64 = 64 << 20
    /// An answer that reads no more than this is made before it begins, so that every error has a status.
    private static let wholeLimit: Int64 = 4 << 20

    /// Blocks with the proof that they belong to their chunks.
    func blocks(_ wanted: BlockRequest, _ version: Version) async throws -> HTTPResponse {
        let (manifest, parts, file) = try await pool.run { [files, store, versions] in
            let file = try files.open(version)
            let known = try versions.known(version) {
                guard let bytes = try store.manifest(of: version) else { throw Refusal.gone(version) }
                return try Manifest(encoded: bytes)
            }
            return (known.manifest, try resolve(wanted, known, file), file)
        }
        let headers: HTTPHeaders = [
            "Content-Type": MediaType.blocks, "Cache-Control": CacheControl.immutable,
        ]
        let total = parts.saturatingSum { manifest.chunks[$0.chunk].length }
        if total <= Self.wholeLimit {
            try await AnswerRoom.reserve(Int(total))
            var segments: [SharedBytes] = []
            for part in parts { segments += try await self.segments(part, of: manifest, in: file) }
            return HTTPResponse(headers: headers, body: .segments(segments))
        }
        let first = try await segments(parts[0], of: manifest, in: file)
        return HTTPResponse(
            headers: headers,
            body: .stream(length: nil) { writer in
                for segment in first { try await writer.write(segment) }
                for part in parts.dropFirst() {
                    for segment in try await segments(part, of: manifest, in: file) { try await writer.write(segment) }
                }
            })
    }

    /// What is asked for, by places in the manifest; what an array's own numbers mean says the file.
    private func resolve(
        _ wanted: BlockRequest, _ known: KnownVersions.Known, _ file: VersionFile
    ) throws -> [BlockRequest.Part] {
        let source = file.source, manifest = known.manifest
        var layout = known.layout
        let parts: [BlockRequest.Part]?
        do {
            parts = try wanted.resolved(
                in: manifest,
                layout: {
                    guard layout == nil, manifest.content == .frame else { return layout }
                    layout = try FrameLayout(source, pieces: manifest.chunks.map(\.range))
                    return layout
                },
                source: source)
        } catch {
            // The frame was whole when its version was made.
            throw Refusal.gone(file.version)
        }
        guard try file.isCurrent() else { throw Refusal.gone(file.version) }
        if known.layout == nil, layout != nil { versions.put(.init(manifest: manifest, layout: layout)) }
        guard let parts else {
            throw Refusal(
                400, "the version has \(manifest.chunks.count) chunks, and not all that are asked for, or is no frame")
        }
        return parts
    }

    private func segments(
        _ part: BlockRequest.Part, of manifest: Manifest, in file: VersionFile
    ) async throws -> [SharedBytes] {
        let proven = try await pool.run {
            try Self.prove(part, of: manifest, in: file)
        }
        let segments = [SharedBytes(proven.head)] + proven.blocks.map(\.bytes)
        statistics.noteServed(bytes: segments.saturatingSum { $0.count })
        return segments
    }

    /// Digests the chunk anew, for digests of blocks are not kept, and cuts the blocks out.
    private static func prove(
        _ part: BlockRequest.Part, of manifest: Manifest, in file: VersionFile
    ) throws -> ProvenBlocks {
        let chunk = manifest.chunks[part.chunk]
        let table = try file.unpacked {
            try VersionMaker.blockTable(of: chunk, content: manifest.content, in: file.source)
        }
        guard table.chunkDigest == chunk.digest else {
            file.distrust()
            throw Refusal.gone(file.version)
        }
        guard try file.isCurrent() else { throw Refusal.gone(file.version) }
        let wanted = part.blocks.isEmpty ? Array(table.blocks.indices) : part.blocks
        guard let last = wanted.last, last < table.blocks.count else {
            throw Refusal(400, "chunk \(part.chunk) has \(table.blocks.count) blocks, and not all that are asked for")
        }
        guard wanted.saturatingSum({ table.blocks[$0].length }) <= blocksLimit else {
            throw Refusal(413, "ask for at most \(blocksLimit >> 20) MiB of a chunk at a time")
        }
        var offsets = [chunk.offset]
        for block in table.blocks { offsets.append(offsets[offsets.count - 1] + block.length) }
        let blocks = try wanted.map { (index: $0, bytes: try file.read(offsets[$0]..<offsets[$0 + 1])) }
        return ProvenBlocks(chunk: part.chunk, table: table, blocks: blocks)
    }
}

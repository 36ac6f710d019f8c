import Arrays
import Blosc2
import Catalogue
import HTTP
import Platform
import Versions
import Wire

/// The data plane for the next subscriber: what is held of a version, and what can be fetched of one that is current.
struct VersionRoutes: Sendable {
    let copy: CatalogueCopy
    let keeper: MirrorKeeper
    let reader: MirrorReader
    let pool: BlockingPool

    /// Bytes of blocks in one answer.
    private static let blocksLimit = 256 << 20
    /// Bytes of a chunk that blocks are cut out of.
    private static let chunkLimit: Int64 = 256 << 20

    func answer(_ request: HTTPRequest, _ name: String) async throws -> HTTPResponse {
        let question = try VersionQuestion(request, name)
        let mirror = try await mirror(of: question.version)
        switch question.part {
        case .manifest(let since): return try await manifest(request, mirror, since: since)
        case .blocks(let wanted): return try await blocks(wanted, mirror)
        case .data:
            return try await reader.answer(
                request, mirror, type: MediaType.bytes, headers: ["Cache-Control": CacheControl.immutable])
        }
    }

    private func mirror(of version: Version) async throws -> Mirror {
        if let mirror = try await keeper.library.existing(version, filler: keeper.transfers) { return mirror }
        guard let path = copy.path(of: version) else {
            throw Refusal.gone(version)
        }
        return try await keeper.mirror(of: path, version: version)
    }

    private func manifest(
        _ request: HTTPRequest, _ mirror: Mirror, since: Version?
    ) async throws -> HTTPResponse {
        let headers: HTTPHeaders = ["Cache-Control": CacheControl.immutable, "ETag": "\"\(mirror.version)\""]
        if let since, let old = try await keeper.library.existing(since, filler: keeper.transfers) {
            let delta = ManifestDelta.encode(mirror.manifest, since: old.manifest)
            return .large(delta, type: MediaType.manifestDelta, request, headers: headers)
        }
        return .large(mirror.manifest.encoded, type: MediaType.manifest, request, headers: headers)
    }

    /// Blocks with the proof that they belong to their chunks.
    private func blocks(_ wanted: BlockRequest, _ mirror: Mirror) async throws -> HTTPResponse {
        let use = MirrorUse(mirror)
        defer { withExtendedLifetime(use) {} }
        let parts = try await parts(of: wanted, mirror)
        // Chunks are read as a whole: to prove a block takes all of its chunk.
        let largest = parts.map { mirror.manifest.chunks[$0.chunk].length }.max() ?? 0
        guard largest <= Self.chunkLimit else {
            throw Refusal(413, "blocks of chunks over \(Self.chunkLimit >> 20) MiB are not served; ask for the data")
        }
        // All at the same time: one after the other, each would take a way there and back.
        try await mirror.hold(parts.map { mirror.manifest.chunks[$0.chunk].range }, on: pool)
        var segments: [SharedBytes] = []
        var room = Self.blocksLimit
        for part in parts {
            let bytes = try await mirror.read(mirror.manifest.chunks[part.chunk].range, on: pool)
            let proven = await pool.run { BlockAnswer.blocks(part, of: mirror.manifest, chunk: bytes) }
            guard let proven else { throw Refusal(400, "chunk \(part.chunk) has no such block") }
            segments.append(SharedBytes(proven.head))
            segments += proven.blocks.map(\.bytes)
            room -= proven.blocks.saturatingSum { $0.bytes.count }
            guard room >= 0 else {
                throw Refusal(413, "ask for at most \(Self.blocksLimit >> 20) MiB of blocks at a time")
            }
        }
        return HTTPResponse(
            headers: ["Content-Type": MediaType.blocks, "Cache-Control": CacheControl.immutable],
            body: .segments(segments))
    }
}

extension VersionRoutes {
    /// What is asked for by places in the manifest; what it takes to find that out is fetched first.
    private func parts(of wanted: BlockRequest, _ mirror: Mirror) async throws -> [BlockRequest.Part] {
        let missing = Refusal(400, "version \(mirror.version) has no such chunk or block, or is no frame")
        if wanted.wantsFrame || !wanted.arrayParts.isEmpty {
            guard let layout = try await mirror.layout(on: pool) else { throw missing }
            let numbers = wanted.arrayParts.map(\.chunk).filter { $0 < layout.chunks.count }
            let places = numbers.compactMap { mirror.manifest.place(ofArrayChunk: $0, layout) }
            try await mirror.hold(places.map { mirror.manifest.chunks[$0].range }, on: pool)
        }
        let parts = try await pool.run {
            try wanted.resolved(
                in: mirror.manifest, layout: { try mirror.layout() },
                source: FileSource(mirror.file, size: mirror.manifest.size))
        }
        guard let parts else { throw missing }
        return parts
    }
}

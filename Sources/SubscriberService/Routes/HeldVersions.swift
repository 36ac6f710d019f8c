import Arrays
import Blosc2
import Catalogue
import HTTP
import Platform
import Versions
import Wire

/// The versions that the next subscriber can have here: what is held, and what can be fetched of those that are current.
struct HeldVersions: VersionSource {
    let copy: CatalogueCopy
    let keeper: MirrorKeeper
    let reader: MirrorReader
    let pool: BlockingPool

    /// Bytes of a chunk that blocks are cut out of: all of it is fetched for them.
    fileprivate static let chunkLimit: Int64 = 256 << 20

    func withManifest(
        of version: Version, since old: Version?,
        _ body: @escaping @Sendable (StoredManifest, _ old: StoredManifest?) throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        let manifest = try await mirror(of: version).manifest
        var known: Manifest?
        if let old { known = try await keeper.library.existing(old, filler: keeper.transfers)?.manifest }
        return try await pool.run { [known] in try body(StoredManifest(manifest), known.map { StoredManifest($0) }) }
    }

    func data(of version: Version, _ request: HTTPRequest, headers: HTTPHeaders) async throws -> HTTPResponse {
        try await reader.answer(request, mirror(of: version), type: MediaType.bytes, headers: headers)
    }

    func blocks(_ wanted: BlockRequest, of version: Version) async throws -> HeldBlocks {
        let mirror = try await mirror(of: version)
        let parts = try await parts(of: wanted, mirror)
        let largest = parts.map { mirror.manifest.chunks[$0.chunk].length }.max() ?? 0
        guard largest <= Self.chunkLimit else {
            throw Refusal(
                413, "blocks of chunks over \(Self.chunkLimit >> 20) MiB are not served here; ask for the data")
        }
        return HeldBlocks(mirror: mirror, parts: parts, pool: pool)
    }

    private func mirror(of version: Version) async throws -> Mirror {
        if let mirror = try await keeper.library.existing(version, filler: keeper.transfers) { return mirror }
        guard let path = copy.path(of: version) else { throw Refusal.gone(version) }
        return try await keeper.mirror(of: path, version: version)
    }

    /// What is asked for by places in the manifest; what it takes to find that out is fetched first.
    private func parts(of wanted: BlockRequest, _ mirror: Mirror) async throws -> [BlockRequest.Part] {
        let missing = Refusal(
            400,
            "the version has \(mirror.manifest.chunks.count) chunks, and not all that are asked for, or is no frame")
        let use = MirrorUse(mirror)
        defer { withExtendedLifetime(use) {} }
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

/// Blocks of a mirror.
struct HeldBlocks: BlockSource {
    let mirror: Mirror
    let parts: [BlockRequest.Part]
    let pool: BlockingPool
    /// Of a whole chunk, which is fetched for them anyway: subscribers ask for chunks of any length.
    let partLimit = HeldVersions.chunkLimit

    var manifest: Manifest { mirror.manifest }

    /// Chunks are wanted as a whole: to prove a block takes all of its chunk.
    func hold(_ parts: ArraySlice<BlockRequest.Part>) async throws -> MirrorUse {
        let use = MirrorUse(mirror)
        // All at the same time: one after the other, each would take a way there and back.
        try await mirror.hold(parts.map { mirror.manifest.chunks[$0.chunk].range }, on: pool)
        return use
    }

    func prove(_ part: BlockRequest.Part, limit: Int64) async throws -> ProvenBlocks {
        try await pool.run { [mirror] in
            do {
                let source = FileSource(mirror.file, size: mirror.manifest.size)
                return try BlockAnswer.blocks(part, of: mirror.manifest, in: source, limit: limit)
            } catch let error where error is VersionError || error as? BlockFault == .differs {
                throw FetchFailure(
                    .storage, "\(mirror.file.path) does not have what its version has: its folder was tampered with")
            }
        }
    }
}

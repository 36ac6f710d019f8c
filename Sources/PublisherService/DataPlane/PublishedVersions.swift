internal import Blosc2
internal import Catalogue
internal import HTTP
internal import Platform
internal import Versions
internal import Wire

/// The versions that the folder has.
struct PublishedVersions: VersionSource {
    let files: VersionFiles
    let store: DigestStore
    let statistics: Statistics
    let pool: BlockingPool
    let known = KnownVersions()

    func withManifest(
        of version: Version, since old: Version?,
        _ body: @escaping @Sendable (StoredManifest, _ old: StoredManifest?) throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        try await pool.run { [files, store] in
            guard !files.index.paths(of: version).isEmpty, let manifest = try store.manifest(of: version) else {
                throw Refusal.gone(version)
            }
            let old = try old.flatMap { try store.manifest(of: $0) }
            return try body(StoredManifest(encoded: manifest), old.map { StoredManifest(encoded: $0) })
        }
    }

    func data(of version: Version, _ request: HTTPRequest, headers: HTTPHeaders) async throws -> HTTPResponse {
        let file = try await pool.run { [files] in try files.open(version) }
        return try await HTTPResponse.ranged(
            request: request, length: file.size, etag: EntityTag(version.description), contentType: MediaType.bytes,
            headers: headers, body: reading(file))
    }

    /// Reads pieces of a file for an answer.
    func reading(_ file: VersionFile) -> @Sendable (Range<Int64>) async throws -> SharedBytes {
        { [pool, statistics] range in
            let bytes = try await pool.run { try file.read(range) }
            statistics.noteServed(bytes: bytes.count)
            return bytes
        }
    }

    func blocks(_ wanted: BlockRequest, of version: Version) async throws -> PublishedBlocks {
        try await pool.run { [files, store, known, statistics, pool] in
            let file = try files.open(version)
            let found = try known.known(version) {
                guard let bytes = try store.manifest(of: version) else { throw Refusal.gone(version) }
                return try Manifest(encoded: bytes)
            }
            let parts = try Self.resolve(wanted, found, file, known)
            return PublishedBlocks(
                manifest: found.manifest, parts: parts, file: file, statistics: statistics, pool: pool)
        }
    }

    /// What is asked for, by places in the manifest; what an array's own numbers mean says the file.
    private static func resolve(
        _ wanted: BlockRequest, _ found: KnownVersions.Known, _ file: VersionFile, _ known: KnownVersions
    ) throws -> [BlockRequest.Part] {
        let source = file.source, manifest = found.manifest
        var layout = found.layout
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
        if found.layout == nil, layout != nil { known.put(.init(manifest: manifest, layout: layout)) }
        guard let parts else {
            throw Refusal(
                400, "the version has \(manifest.chunks.count) chunks, and not all that are asked for, or is no frame")
        }
        return parts
    }
}

/// Blocks of a file of the folder.
struct PublishedBlocks: BlockSource {
    let manifest: Manifest
    let parts: [BlockRequest.Part]
    let file: VersionFile
    let statistics: Statistics
    let pool: BlockingPool
    let partLimit: Int64 = 64 << 20

    /// All of a file is there, or it is not what it was.
    func hold(_ parts: ArraySlice<BlockRequest.Part>) async throws {}

    func prove(_ part: BlockRequest.Part, limit: Int64) async throws -> ProvenBlocks {
        let proven = try await pool.run { [manifest, file] in
            do {
                let proven = try file.unpacked {
                    try BlockAnswer.blocks(part, of: manifest, in: file.source, limit: limit)
                }
                // Behind the reading: what was written before it shows in the times.
                guard try file.isCurrent() else { throw Refusal.gone(file.version) }
                return proven
            } catch BlockFault.differs {
                file.distrust()
                throw Refusal.gone(file.version)
            }
        }
        statistics.noteServed(bytes: proven.head.count +| proven.blocks.saturatingSum { $0.bytes.count })
        return proven
    }
}

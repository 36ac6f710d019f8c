internal import Catalogue
internal import HTTP
internal import Platform
internal import Wire

/// `/versions/{version}/…`: what never changes.
struct VersionRoutes: Sendable {
    let files: VersionFiles
    let store: DigestStore
    let statistics: Statistics
    let pool: BlockingPool
    let versions = KnownVersions()

    func answer(_ request: HTTPRequest, _ name: String) async throws -> HTTPResponse {
        let question = try VersionQuestion(request, name)
        switch question.part {
        case .manifest(let since): return try await manifest(request, question.version, since: since)
        case .blocks(let wanted): return try await blocks(wanted, question.version)
        case .data: return try await data(request, question.version)
        }
    }

    private func data(_ request: HTTPRequest, _ version: Version) async throws -> HTTPResponse {
        let file = try await pool.run { [files] in try files.open(version) }
        return try await HTTPResponse.ranged(
            request: request, length: file.size, etag: EntityTag(version.description),
            contentType: MediaTypes.unknown, headers: ["Cache-Control": CacheControl.immutable], body: reading(file))
    }

    /// Reads pieces of a file for an answer.
    func reading(_ file: VersionFile) -> @Sendable (Range<Int64>) async throws -> SharedBytes {
        { [pool, statistics] range in
            let bytes = try await pool.run { try file.read(range) }
            statistics.noteServed(bytes: bytes.count)
            return bytes
        }
    }

    private func manifest(
        _ request: HTTPRequest, _ version: Version, since: Version?
    ) async throws -> HTTPResponse {
        return try await pool.run { [files, store] in
            guard !files.index.paths(of: version).isEmpty, let manifest = try store.manifest(of: version) else {
                throw Refusal.gone(version)
            }
            var headers: HTTPHeaders = ["Cache-Control": CacheControl.immutable]
            if let since, let old = try store.manifest(of: since),
                let delta = try Self.delta(to: manifest, since: old)
            {
                headers["Content-Type"] = MediaType.manifestDelta
                return HTTPResponse(headers: headers, body: .bytes(SharedBytes(delta)))
            }
            headers["Content-Type"] = MediaType.manifest
            headers["ETag"] = EntityTag(version.description).description
            if let known = request.headers["If-None-Match"],
                !EntityTag(version.description).satisfiesNone(ofHeader: known)
            {
                return HTTPResponse(status: 304, headers: headers)
            }
            return HTTPResponse(headers: headers, body: .bytes(SharedBytes(manifest)))
        }
    }

    /// Nil when the whole manifest is not longer.
    private static func delta(to manifest: [UInt8], since old: [UInt8]) throws(ManifestError) -> [UInt8]? {
        let delta = ManifestDelta.encode(try Manifest(encoded: manifest), since: try Manifest(encoded: old))
        return delta.count < manifest.count ? delta : nil
    }
}

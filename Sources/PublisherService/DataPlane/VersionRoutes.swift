internal import Catalogue
internal import HTTP
internal import Platform

/// `/versions/{version}/…`: what never changes.
struct VersionRoutes: Sendable {
    let files: VersionFiles
    let store: DigestStore
    let statistics: Statistics
    let pool: BlockingPool
    let versions = KnownVersions()

    private static let immutable = "public, max-age=31536000, immutable"

    func answer(_ request: HTTPRequest, _ rest: String) async throws -> HTTPResponse {
        let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw Refusal(
                404, "a version is at /versions/VERSION/manifest, /versions/VERSION/blocks, /versions/VERSION/data")
        }
        guard let version = Version(parts[0]) else {
            throw Refusal(400, "'\(parts[0])' is no version: that is 64 lower-case hexadecimal digits")
        }
        switch parts[1] {
        case "manifest": return try await manifest(request, version)
        case "blocks": return try await blocks(request, version)
        case "data": return try await data(request, version)
        default: throw Refusal(404, "a version has a manifest, blocks and data, but no '\(parts[1])'")
        }
    }

    private func data(_ request: HTTPRequest, _ version: Version) async throws -> HTTPResponse {
        let file = try await pool.run { [files] in try files.open(version) }
        return try await HTTPResponse.ranged(
            request: request, length: file.size, etag: EntityTag(version.description),
            contentType: MediaTypes.unknown, headers: ["Cache-Control": Self.immutable], body: reading(file))
    }

    /// Reads pieces of a file for an answer.
    func reading(_ file: VersionFile) -> @Sendable (Range<Int64>) async throws -> SharedBytes {
        { [pool, statistics] range in
            let bytes = try await pool.run { try file.read(range) }
            statistics.noteServed(bytes: bytes.count)
            return bytes
        }
    }

    private func manifest(_ request: HTTPRequest, _ version: Version) async throws -> HTTPResponse {
        let since = request.parameter("since").map { Version($0) }
        if case .some(nil) = since { throw Refusal(400, "'since' takes a version: 64 lower-case hexadecimal digits") }
        return try await pool.run { [files, store] in
            guard !files.index.paths(of: version).isEmpty, let manifest = try store.manifest(of: version) else {
                throw Refusal.gone(version)
            }
            var headers: HTTPHeaders = ["Cache-Control": Self.immutable]
            if let since, let since, let old = try store.manifest(of: since),
                let delta = try Self.delta(to: manifest, since: old)
            {
                headers["Content-Type"] = "application/vnd.bpubsub.manifest-delta"
                return HTTPResponse(headers: headers, body: .bytes(SharedBytes(delta)))
            }
            headers["Content-Type"] = "application/vnd.bpubsub.manifest"
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

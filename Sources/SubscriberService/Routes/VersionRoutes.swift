import Catalogue
import HTTP
import Platform
import Versions

/// The data plane for the next subscriber: what is held of a version, and what can be fetched of one that is current.
struct VersionRoutes: Sendable {
    let copy: CatalogueCopy
    let keeper: MirrorKeeper
    let reader: MirrorReader
    let pool: BlockingPool

    static let immutable = "public, max-age=31536000, immutable"
    /// Block tables are computed from the bytes: so many chunks in one answer.
    static let chunkLimit = 1024

    func answer(_ request: HTTPRequest, _ rest: String) async throws -> HTTPResponse {
        try request.require("GET")
        let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let version = Version(parts[0]) else {
            throw Refusal(404, "a version's parts are /versions/{64 hexadecimal digits}/manifest, blocks and data")
        }
        let mirror = try await mirror(of: version)
        switch parts[1] {
        case "manifest": return try await manifest(request, mirror)
        case "blocks": return try await blocks(request, mirror)
        case "data":
            return try await reader.answer(
                request, mirror, type: "application/octet-stream", headers: ["Cache-Control": Self.immutable])
        default: throw Refusal(404, "a version has a manifest, blocks and data, but no '\(parts[1])'")
        }
    }

    private func mirror(of version: Version) async throws -> Mirror {
        if let mirror = try await keeper.library.existing(version, filler: keeper.transfers) { return mirror }
        guard let path = copy.path(of: version) else {
            throw Refusal(410, "version \(version) is gone; the catalogue says which is current")
        }
        return try await keeper.mirror(of: path, version: version)
    }

    private func manifest(_ request: HTTPRequest, _ mirror: Mirror) async throws -> HTTPResponse {
        let headers: HTTPHeaders = ["Cache-Control": Self.immutable, "ETag": "\"\(mirror.version)\""]
        if let since = request.parameter("since").flatMap({ Version($0) }),
            let old = try await keeper.library.existing(since, filler: keeper.transfers)
        {
            let delta = ManifestDelta.encode(mirror.manifest, since: old.manifest)
            return .large(delta, type: MediaType.manifestDelta, request, headers: headers)
        }
        return .large(mirror.manifest.encoded, type: MediaType.manifest, request, headers: headers)
    }

    private func blocks(_ request: HTTPRequest, _ mirror: Mirror) async throws -> HTTPResponse {
        let chunks = try Self.chunks(request.parameter("chunks") ?? "", count: mirror.manifest.chunks.count)
        var bytes: [UInt8] = []
        for index in chunks {
            let chunk = mirror.manifest.chunks[index]
            let content = mirror.manifest.content
            let data = try await mirror.read(chunk.range, on: pool)
            bytes += await pool.run { data.withBytes { ChunkDigester(content: content).table(of: $0).encoded } }
        }
        return .large(bytes, type: MediaType.blocks, request, headers: ["Cache-Control": Self.immutable])
    }

    /// `3,5-7` as indices.
    static func chunks(_ text: String, count: Int) throws(Refusal) -> [Int] {
        var result: [Int] = []
        for part in text.split(separator: ",") {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first >= 0,
                first <= last,
                last < count, last - first < chunkLimit - result.count
            else {
                throw Refusal(
                    400, "chunks are numbers and ranges below \(count), as in 3,5-7, at most \(chunkLimit) of them")
            }
            result += first...last
        }
        guard !result.isEmpty else { throw Refusal(400, "say which chunks, as in ?chunks=3,5-7") }
        return result
    }
}

extension CatalogueCopy {
    /// A dataset that has the version now. Cost: a look at every dataset.
    func path(of version: Version) -> DatasetPath? {
        paths.first { entry($0)?.version == version }
    }
}

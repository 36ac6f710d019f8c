import Catalogue
import HTTP
import Platform
import Versions

/// `/versions/{version}/…`, what never changes: manifests, blocks with their proofs, and bytes. Publishers have it, and
/// subscribers for the next one.
package struct DataPlane<Source: VersionSource>: Sendable {
    private let source: Source

    package init(_ source: Source) { self.source = source }

    package var route: Route { Route(.version, .get { request, name in try await answer(request, name) }) }

    private func answer(_ request: HTTPRequest, _ name: String) async throws -> HTTPResponse {
        let question = try VersionQuestion(request, name)
        switch question.part {
        case .manifest(let since): return try await manifest(question.version, since: since, request)
        case .blocks(let wanted): return try await blocks(wanted, of: question.version)
        case .data:
            return try await source.data(
                of: question.version, request, headers: ["Cache-Control": CacheControl.immutable])
        }
    }

    // MARK: Manifests

    private func manifest(
        _ version: Version, since old: Version?, _ request: HTTPRequest
    ) async throws -> HTTPResponse {
        let known = request.headers.list("If-None-Match")
        return try await source.withManifest(of: version, since: old) { manifest, old in
            var headers: HTTPHeaders = ["Cache-Control": CacheControl.immutable]
            if let old, let delta = try Self.delta(to: manifest, since: old) {
                headers["Content-Type"] = MediaType.manifestDelta
                return HTTPResponse(headers: headers, body: .bytes(SharedBytes(delta)))
            }
            let tag = EntityTag(version.description)
            headers["ETag"] = tag.description
            if let known, !tag.satisfiesNone(ofHeader: known) { return HTTPResponse(status: 304, headers: headers) }
            headers["Content-Type"] = MediaType.manifest
            // Never compressed: nearly all of it are digests.
            return HTTPResponse(headers: headers, body: .bytes(SharedBytes(manifest.encoded)))
        }
    }

    /// Nil when the whole manifest is not longer.
    private static func delta(to manifest: StoredManifest, since old: StoredManifest) throws -> [UInt8]? {
        let delta = ManifestDelta.encode(try manifest.decoded(), since: try old.decoded())
        return delta.count < manifest.encoded.count ? delta : nil
    }
}

// MARK: - Blocks

/// An answer that reads no more than this is made before it begins, so that every error has a status.
private let wholeLimit: Int64 = 4 << 20
/// What is read for a longer one at a time.
private let windowLimit: Int64 = 32 << 20

extension DataPlane {
    /// Blocks with the proof that they belong to their chunks.
    private func blocks(_ wanted: BlockRequest, of version: Version) async throws -> HTTPResponse {
        let blocks = try await source.blocks(wanted, of: version)
        let headers: HTTPHeaders = ["Content-Type": MediaType.blocks, "Cache-Control": CacheControl.immutable]
        let parts = blocks.parts, total = parts.saturatingSum { blocks.manifest.chunks[$0.chunk].length }
        if total <= wholeLimit {
            let hold = try await blocks.hold(parts[...])
            defer { withExtendedLifetime(hold) {} }
            // Before memory is taken for it: a source may be slow, and others would have to wait for that memory.
            try await AnswerRoom.reserve(Int(total))
            var segments: [SharedBytes] = []
            for part in parts { segments += try await Self.segments(part, of: blocks) }
            return HTTPResponse(headers: headers, body: .segments(segments))
        }
        let windows = Self.windows(of: blocks)
        let hold = try await blocks.hold(parts[windows[0]])
        // Of a few blocks of a chunk nobody knows how long they are, but they are few.
        let whole = parts.lazy.filter(\.blocks.isEmpty).map { blocks.manifest.chunks[$0.chunk].length }.max() ?? 0
        let held = Int(min(whole, blocks.partLimit))
        try await AnswerRoom.reserve(held)
        let first = try await Self.segments(parts[0], of: blocks)
        withExtendedLifetime(hold) {}
        var response = HTTPResponse(
            headers: headers,
            body: .stream(length: nil) { writer in
                for segment in first { try await writer.write(segment) }
                for window in windows {
                    let hold = try await blocks.hold(parts[window])
                    defer { withExtendedLifetime(hold) {} }
                    for index in window where index > 0 {
                        for segment in try await Self.segments(parts[index], of: blocks) {
                            try await writer.write(segment)
                        }
                    }
                }
            })
        response.streamed = held
        return response
    }

    private static func segments(_ part: BlockRequest.Part, of blocks: Source.Blocks) async throws -> [SharedBytes] {
        do {
            let proven = try await blocks.prove(part, limit: blocks.partLimit)
            return [SharedBytes(proven.head)] + proven.blocks.map(\.bytes)
        } catch BlockFault.noBlock(let count) {
            throw Refusal(400, "chunk \(part.chunk) has \(count) blocks, and not all that are asked for")
        } catch BlockFault.tooMuch {
            throw Refusal(413, "ask for at most \(blocks.partLimit >> 20) MiB of a chunk at a time")
        }
    }

    /// Parts whose chunks are held at the same time: none for itself alone, as each would take a way there and back, and not
    /// all, as that may be more than there is room for.
    private static func windows(of blocks: Source.Blocks) -> [Range<Int>] {
        var windows: [Range<Int>] = []
        var start = 0, size: Int64 = 0
        for (index, part) in blocks.parts.enumerated() {
            let length = blocks.manifest.chunks[part.chunk].length
            if index > start, size +| length > windowLimit {
                windows.append(start..<index)
                (start, size) = (index, 0)
            }
            size = size +| length
        }
        windows.append(start..<blocks.parts.count)
        return windows
    }
}

import Catalogue
import HTTP
import Platform

/// Answers with a mirror's bytes: from the file when all of them are there, else as they arrive and are verified.
struct MirrorReader: Sendable {
    let pool: BlockingPool

    func answer(
        _ request: HTTPRequest, _ mirror: Mirror, type: String, headers: HTTPHeaders
    ) async throws -> HTTPResponse {
        let size = mirror.manifest.size
        return try await HTTPResponse.ranged(
            request: request, length: size, etag: EntityTag(mirror.version.description), contentType: type,
            headers: headers,
            file: mirror.isComplete ? mirror.file : nil
        ) { [pool] range in
            try await mirror.read(range, on: pool)
        }
    }
}

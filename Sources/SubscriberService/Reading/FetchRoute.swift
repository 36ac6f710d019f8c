import Arrays
import Blosc2
import Catalogue
import HTTP
import Platform
import Wire

/// `GET` and `POST /api/fetch/{path}`: a part of an array as a frame of its own, or all of a frame as it is; of a plain file
/// a frame of its bytes.
struct FetchRoute: Sendable {
    let copy: CatalogueCopy
    let slices: SliceReader
    let versions: CurrentVersions
    let freshness: Freshness
    let stored: StoredFile
    let cache: AnswerCache
    let pool: BlockingPool

    func answer(_ request: HTTPRequest, of text: String) async throws -> HTTPResponse {
        let question = try await FetchQuestion(request, on: pool)
        let path = try await ReadPlace.path(text, in: copy, on: pool, to: "fetch")
        if let answer = freshness.unchanged(request, path, tag: { tag(request, $0) }) { return answer }
        // Lists of indices may be long.
        let part = question.indices == nil ? try question.part() : try await pool.run { try question.part() }
        let entry = copy.entry(path)
        return try await versions.read(path) { reading in
            // The clients take what they fetch for a frame, also when it is a plain file's.
            let all = SliceQuestion(part: .slice(.all))
            let part = reading.mirror.manifest.content == .plain ? part ?? all : part
            guard let part,
                let answer = try await slices.read(part, reading, willMake: { try Self.refuseRange(request, reading) })
            else {
                try Self.checkRange(request, reading)
                return try await stored.answer(request, reading)
            }
            let response = response(request, answer, reading)
            if reading.isCurrent { cache.keep(response, to: request, of: path, entry, version: reading.version) }
            return response.unlessKnown(to: request)
        }
    }

    /// Another codec makes other bytes of the same values.
    private func tag(_ request: HTTPRequest, _ version: Version) -> EntityTag {
        EntityTag("\(version)-\(request.queryDigest([slices.codec.codec, slices.codec.level]))")
    }

    private func response(
        _ request: HTTPRequest, _ answer: SliceReader.Answer, _ reading: Reading
    ) -> HTTPResponse {
        var headers = freshness.headers(
            reading.path, reading.version, isHeld: answer.isHeld, isCurrent: reading.isCurrent)
        headers["Content-Type"] = MediaType.bytes
        headers["Accept-Ranges"] = "none"
        if request.method == "GET" { headers["ETag"] = tag(request, reading.version).description }
        return HTTPResponse(headers: headers, body: .bytes(answer.frame))
    }

    private static func refuseRange(_ request: HTTPRequest, _ reading: Reading) throws {
        guard request.headers["Range"] == nil else {
            throw Refusal(
                416,
                "an answer that is made has no ranges: ask for a smaller slice, or for ranges of the file's own bytes at "
                    + "/api/download/\(reading.path)",
                headers: ["Accept-Ranges": "none"])
        }
    }

    /// Who asks for a part of a large file in a way that is not understood should not be sent all of it.
    private static func checkRange(_ request: HTTPRequest, _ reading: Reading) throws {
        guard let header = request.headers["Range"], reading.mirror.manifest.size > 0,
            ByteRanges(header, length: reading.mirror.manifest.size) == .whole
        else { return }
        throw Refusal(
            400, "the header Range is not understood: bytes=0-99 is, and up to \(ByteRanges.limit) ranges in one")
    }
}

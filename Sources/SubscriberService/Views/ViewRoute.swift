import Arrays
import Blosc2
import Catalogue
import HTTP
import Platform
import Wire

/// `GET /api/view/{path}`: a part of an array, reduced to the points that a screen has, as a file of NumPy.
struct ViewRoute: Sendable {
    /// Of an answer.
    private static let maximumBytes = 64 << 20

    let copy: CatalogueCopy
    let versions: CurrentVersions
    let freshness: Freshness
    let cache: AnswerCache
    let reducer: ViewReducer
    let pool: BlockingPool

    func answer(_ request: HTTPRequest, of text: String) async throws -> HTTPResponse {
        let question = try ViewQuestion(request)
        let path = try await ReadPlace.path(text, in: copy, on: pool, to: "look at")
        let entry = copy.entry(path), tag = { (version: Version) in EntityTag("\(version)-\(request.queryDigest())") }
        if let answer = freshness.unchanged(request, path, tag: tag) { return answer }
        return try await versions.read(path) { reading in
            let reader = try await reducer.slices.opened(reading)
            let (slice, grid) = try question.grid(of: reader.geometry.shape)
            // Points are no more than the array's items, which can be counted.
            let itemSize = max(8, try reader.itemSize(ofField: question.field))
            guard grid.resultShape.saturatingProduct <= Self.maximumBytes / itemSize else {
                throw Refusal(400, "the view would have more than \(Self.maximumBytes) bytes: ask for fewer pixels")
            }
            try await AnswerRoom.reserve(grid.resultShape.saturatingProduct *| itemSize)
            let (values, isHeld) = try await reducer.values(question, slice, grid, reading, reader)
            var headers = freshness.headers(
                reading.path, reading.version, isHeld: isHeld, isCurrent: reading.isCurrent)
            headers["Content-Type"] = MediaType.npy
            headers[ProtocolHeader.reduction] =
                "\(question.reduction.rawValue);factors=\(grid.factors.map(String.init).joined(separator: ","))"
            headers["ETag"] = tag(reading.version).description
            let response = HTTPResponse(headers: headers, body: .bytes(values.npy))
            if reading.isCurrent { cache.keep(response, to: request, of: path, entry, version: reading.version) }
            return response.unlessKnown(to: request)
        }
    }
}

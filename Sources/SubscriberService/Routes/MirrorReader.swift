import Catalogue
import HTTP
import Platform
import Synchronization

/// Answers with a mirror's bytes: from the file when all of them are there, else as they arrive and are verified.
struct MirrorReader: Sendable {
    /// Ranges that are shorter, taken together, are fetched by blocks: more are a download.
    private static let blockwiseLength = 8 << 20

    let keeper: MirrorKeeper
    let pool: BlockingPool

    func answer(
        _ request: HTTPRequest, _ mirror: Mirror, type: String, headers: HTTPHeaders
    ) async throws -> HTTPResponse {
        if !mirror.isComplete, let ranges = Self.ranges(of: request, mirror),
            !HTTPResponse.isUnchanged(
                for: request, EntityTag(mirror.version.description), headers["Last-Modified"]),
            ranges.saturatingSum({ $0.count }) <= Self.blockwiseLength
        {
            try await mirror.hold(ranges, on: pool)
        }
        let tag = EntityTag(mirror.version.description), size = mirror.manifest.size
        // What is complete goes as a whole: its file keeps all bytes for as long as they are sent.
        if mirror.isComplete {
            return try await HTTPResponse.ranged(
                request: request, length: size, etag: tag, contentType: type, headers: headers, file: mirror.file
            ) { [pool] in try await mirror.read($0, on: pool) }
        }
        let body = GrowingBody(mirror, request)
        guard let limit = keeper.library.limit else {
            return try await HTTPResponse.ranged(
                request: request, length: size, etag: tag, contentType: type, headers: headers, file: mirror.file,
                awaitBytes: { try await body.wait(for: $0) }
            ) { [pool] in try await mirror.read($0, on: pool) }
        }
        // Where room is made at any time, what has been waited for may be gone before it is sent from the file. It is read
        // while it must stay, little at a time, for that is not to be had for others meanwhile.
        let step = min(max(limit / 8, 64 << 10), 1 << 20)
        return try await HTTPResponse.ranged(
            request: request, length: size, etag: tag, contentType: type, headers: headers
        ) { [pool] range in
            let part = range.lowerBound..<min(range.upperBound, range.lowerBound + step)
            let use = MirrorUse(mirror)
            defer { withExtendedLifetime(use) {} }
            try await body.wait(for: part)
            return try await mirror.read(part, on: pool)
        }
    }

    /// The parts that an answer will have; `nil` when it will be the whole file, or none.
    static func ranges(of request: HTTPRequest, _ mirror: Mirror) -> [Range<Int64>]? {
        guard !request.isHead, request.method == "GET", request.headers["If-None-Match"] == nil else { return nil }
        if let header = request.headers["If-Range"],
            !EntityTag(mirror.version.description).matches(header, allowingAny: false)
        {
            return nil
        }
        guard case .ranges(let ranges) = ByteRanges(request.headers.list("Range"), length: mirror.manifest.size) else {
            return nil
        }
        return ranges
    }
}

/// What one answer still needs of a mirror that is being filled: fetched ahead for as long as the answer lives.
private final class GrowingBody: Sendable {
    private let mirror: Mirror
    /// What the answer will be of; several ranges are each fetched when their turn comes.
    private let expected: Range<Int64>
    private let ahead = Locked<ReadAhead?>(nil)

    init(_ mirror: Mirror, _ request: HTTPRequest) {
        self.mirror = mirror
        let size = mirror.manifest.size
        expected =
            switch ByteRanges(request.headers.list("Range"), length: size) {
            case .ranges(let ranges) where ranges.count == 1: ranges[0]
            case .whole: 0..<size
            default: 0..<0
            }
    }

    func wait(for range: Range<Int64>) async throws {
        if mirror.holds(range) { return }
        guard expected.contains(range.lowerBound), range.upperBound <= expected.upperBound else {
            return try await mirror.fetch(range)
        }
        // Not before the first bytes are wanted: many answers need none.
        let ahead = ahead.withLock { ahead in
            let known = ahead ?? ReadAhead(mirror, expected)
            ahead = known
            return known
        }
        try await ahead.wait(for: range)
    }
}

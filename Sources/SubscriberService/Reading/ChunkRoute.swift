import Blosc2
import Catalogue
import HTTP
import Platform
import Wire

/// `GET /api/chunk/{path}?nchunk=N`: a chunk as it is stored.
struct ChunkRoute: Sendable {
    /// Of a plain file, bytes.
    static let plainChunk: Int64 = 1 << 20

    let copy: CatalogueCopy
    let slices: SliceReader
    let versions: CurrentVersions
    let freshness: Freshness
    let pool: BlockingPool

    func answer(_ request: HTTPRequest, of text: String) async throws -> HTTPResponse {
        let path = try await find(text)
        guard let asked = request.parameter("nchunk") else {
            throw Refusal.invalid("missing", at: ["query", "nchunk"], "the number of the chunk is missing: ?nchunk=0")
        }
        guard let number = Int(asked) else {
            throw Refusal.invalid("int_parsing", at: ["query", "nchunk"], "the number of the chunk is not an integer")
        }
        return try await versions.read(path) { reading in
            let wasComplete = reading.mirror.isComplete
            let body =
                switch reading.mirror.manifest.content {
                case .frame: try await chunk(number, reading)
                case .plain: try await piece(number, reading)
                }
            var headers = freshness.headers(
                reading.path, reading.version, isHeld: wasComplete, isCurrent: reading.isCurrent)
            headers["Content-Type"] = MediaType.bytes
            headers["Accept-Ranges"] = "none"
            return HTTPResponse(headers: headers, body: body)
        }
    }

    private func find(_ text: String) async throws -> DatasetPath {
        if let path = try? DatasetPath(text), copy.entry(path) != nil { return path }
        guard case .dataset(let dataset) = try await pool.run({ try ReadPlace(text, in: copy) }) else {
            throw Refusal(404, "'\(text)' is not a dataset")
        }
        return dataset.path
    }

    private func chunk(_ number: Int, _ reading: Reading) async throws -> HTTPResponse.Body {
        let reader = try await slices.opened(reading)
        let chunks = reader.layout.chunks
        guard chunks.indices.contains(number) else { throw Self.none(number, chunks.count, reading) }
        switch chunks[number] {
        case .stored(let offset, let length):
            let range = offset..<offset + Int64(length)
            guard reading.mayFetch || reading.mirror.holds(range) else {
                throw FetchFailure(
                    .unreachable, "\(reading.path): chunk \(number) is not held, and its publisher is offline")
            }
            // What is complete is not removed in parts: its file keeps these bytes for as long as they are sent.
            if reading.mirror.isComplete {
                return .fixedFile(reading.mirror.file, offset: offset, length: Int64(length))
            }
            try await AnswerRoom.reserve(length)
            return .bytes(try await reading.mirror.read(range, on: pool))
        case .special(let value):
            let info = reader.info
            let byteCount =
                info.array == nil
                ? min(Int64(info.chunkSize), info.nbytes - Int64(number) * Int64(info.chunkSize))
                : Int64(info.chunkSize)
            try await AnswerRoom.reserve(Int(clamping: byteCount))
            return .bytes(
                try await pool.run {
                    try ChunkMaking.chunk(
                        of: value, byteCount: Int(byteCount), blockSize: info.blockSize, typeSize: info.typeSize)
                })
        }
    }

    /// A plain file has no chunks that are stored as such: one is made of each piece.
    private func piece(_ number: Int, _ reading: Reading) async throws -> HTTPResponse.Body {
        let size = reading.mirror.manifest.size
        let count = Int((size + Self.plainChunk - 1) / Self.plainChunk)
        guard (0..<count).contains(number) else { throw Self.none(number, count, reading) }
        let start = Int64(number) * Self.plainChunk
        let range = start..<min(start + Self.plainChunk, size)
        guard reading.mayFetch || reading.mirror.holds(range) else {
            throw FetchFailure(
                .unreachable, "\(reading.path): chunk \(number) is not held, and its publisher is offline")
        }
        let bytes = try await reading.mirror.read(range, on: pool)
        return .bytes(try await pool.run { try ChunkMaking.chunk(of: bytes) })
    }

    private static func none(_ number: Int, _ count: Int, _ reading: Reading) -> Refusal {
        Refusal(400, "there is no chunk \(number): \(reading.path) has \(count)")
    }
}

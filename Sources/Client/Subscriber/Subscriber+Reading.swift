internal import Catalogue
internal import HTTP
internal import Platform

extension Subscriber {
    /// What the catalogue says of a dataset; `nil` when there is none of that name.
    func dataset(_ path: String) async throws -> Dataset? {
        guard (try? DatasetPath(path)) != nil else { return nil }
        let route = "/api/datasets/" + path
        do {
            return try decode(
                try await send(.init(url: url + PercentEncoding.path(route), headers: Self.headers)), "GET \(route)")
        } catch let error as ClientError where error.code == .notFound {
            return nil
        }
    }

    /// What fetching part of a dataset would cost, as JSON.
    func explain(_ path: String, _ question: JSONValue) async throws -> [UInt8] {
        try await ask("/api/explain/" + path, question)
    }

    /// Part of a dataset, as a frame.
    func fetch(_ path: String, _ question: JSONValue) async throws -> [UInt8] {
        try await ask("/api/fetch/" + path, question)
    }

    private func ask(_ route: String, _ question: JSONValue) async throws -> [UInt8] {
        var headers = Self.headers
        headers["Content-Type"] = "application/json"
        return try await send(
            .init(
                method: "POST", url: url + PercentEncoding.path(route), headers: headers,
                body: SharedBytes(WireJSON.encode(question)), idleTimeout: .seconds(60)))
    }

    /// Some of a dataset's bytes.
    func bytes(_ path: String, _ range: Range<Int64>) async throws -> [UInt8] {
        if range.isEmpty { return [] }
        let bytes = try await send(download(path, range))
        guard bytes.count == range.count else {
            throw ClientError(.wrongBytes, "\(path): \(bytes.count) bytes came instead of \(range.count)")
        }
        return bytes
    }

    /// The same, piece by piece.
    func stream(
        _ path: String, _ range: Range<Int64>, _ write: @Sendable @escaping (SharedBytes) throws -> Void
    ) async throws {
        do {
            _ = try await http.receive(download(path, range)) { head in
                guard head.status == 206 else {
                    throw ClientError(.badAnswer, "\(path): \(url) answered with \(head)")
                }
            } onBytes: { bytes in
                try write(SharedBytes([UInt8](copying: bytes)))
            }
        } catch let error as HTTPError {
            throw failure(error)
        }
    }

    private func download(_ path: String, _ range: Range<Int64>) -> HTTPClient.Request {
        var headers = Self.headers
        headers["Range"] = "bytes=\(range.lowerBound)-\(range.upperBound - 1)"
        return .init(
            url: url + PercentEncoding.path("/api/download/" + path), headers: headers, idleTimeout: .seconds(60))
    }
}

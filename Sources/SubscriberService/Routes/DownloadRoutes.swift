import Catalogue
import HTTP
import Platform

/// Holding all of a dataset, and its bytes.
struct DownloadRoutes: Sendable {
    let copy: CatalogueCopy
    let keeper: MirrorKeeper
    let reader: MirrorReader
    let status: BrokerStatus

    /// `POST /api/download`: starts, or tells how far it is.
    func start(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.require("POST")
        let names = try await request.names()
        let (paths, missing) = try await keeper.pool.run {
            let found = try self.paths(of: names)
            return (found, found.filter { keeper.progress(of: $0)?.state != .complete })
        }
        if missing.contains(where: { keeper.holding($0)?.isWanted != true }) { try await keeper.want(Array(missing)) }
        return await keeper.pool.run {
            var result: [String: MirrorProgress] = [:]
            for path in paths { result[path.text] = keeper.progress(of: path) }
            return HTTPResponse.json(result)
        }
    }

    private func paths(of names: [String]) throws -> Set<DatasetPath> {
        var paths: Set<DatasetPath> = []
        for name in names {
            let found = copy.paths(matching: try PathPattern(name))
            if found.isEmpty { throw copy.unknown(name) }
            paths.formUnion(found)
        }
        return paths
    }

    /// `GET /api/download/{path}`: the current version, fetched as it is read; when it cannot be had at all, the last one
    /// that is held completely, and the answer says so.
    func bytes(_ request: HTTPRequest, of text: String) async throws -> HTTPResponse {
        try request.require("GET")
        let path = try DatasetPath(text)
        guard let entry = copy.entry(path) else { throw copy.unknown(text) }
        do {
            let mirror = try await keeper.mirror(of: path, version: entry.version)
            return try await answer(request, path, mirror, isCurrent: true)
        } catch let failure as FetchFailure {
            return try await afterFailure(failure, request, path, entry.version)
        }
    }

    private func afterFailure(
        _ failure: FetchFailure, _ request: HTTPRequest, _ path: DatasetPath, _ version: Version
    ) async throws -> HTTPResponse {
        // A version that went while it was asked for has a successor, as soon as the catalogue has heard of it.
        if failure.reason == .gone, let newer = copy.entry(path)?.version, newer != version {
            let mirror = try await keeper.mirror(of: path, version: newer)
            return try await answer(request, path, mirror, isCurrent: true)
        }
        guard let held = keeper.holding(path)?.version, held != version,
            keeper.library.summary(held)?.isComplete == true,
            let mirror = try await keeper.library.existing(held, filler: keeper.transfers)
        else { throw failure }
        return try await answer(request, path, mirror, isCurrent: false)
    }

    private func answer(
        _ request: HTTPRequest, _ path: DatasetPath, _ mirror: Mirror, isCurrent: Bool
    ) async throws -> HTTPResponse {
        var headers: HTTPHeaders = [
            "Bpubsub-Version": mirror.version.description,
            "Cache-Control": "no-cache",
            "Content-Disposition": "attachment; filename*=UTF-8''\(PercentEncoding.query(path.name))",
            "Cache-Status": "bpubsub; \(mirror.isComplete ? "hit" : "fwd=partial-miss")",
        ]
        let broker = status.snapshot
        if !broker.isConnected || !isCurrent {
            headers["Cache-Status"] = "bpubsub; hit; detail=\(isCurrent ? "broker-unreachable" : "stale")"
            if let heard = broker.heard { headers["Age"] = "\(max(0, Int(Timestamp.now.seconds - heard.seconds)))" }
        }
        let type = copy.dataset(path)?.mediaType ?? "application/octet-stream"
        return try await reader.answer(request, mirror, type: type, headers: headers)
    }
}

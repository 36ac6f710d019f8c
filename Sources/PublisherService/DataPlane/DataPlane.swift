internal import Catalogue
internal import HTTP
internal import Platform
internal import Versions

/// Answers the requests of those who read the group.
struct DataPlane: Sendable {
    let group: GroupName
    let versions: VersionRoutes
    /// Whether the folder has been walked.
    let isReady: @Sendable () -> Bool
    let metrics: MetricsPage
    let logger: Logger

    private var files: VersionFiles { versions.files }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        do {
            return try await route(request)
        } catch let refusal as Refusal {
            return refusal.response
        } catch let error as HTTPError where error.code == .busy {
            return Refusal(503, error.message, headers: ["Retry-After": "1"]).response
        } catch let error as SystemError where error.isOutOfDescriptors {
            return Refusal(503, "too many files and connections are open", headers: ["Retry-After": "1"]).response
        } catch is CancellationError {
            return Refusal(503, "the publisher is stopping", headers: ["Retry-After": "1"]).response
        } catch is VersionError {
            // Only a file that changes under our eyes ends too early.
            return Refusal.gone("asked for").response
        } catch {
            logger.error("a request failed", ["method": request.method, "path": request.path, "reason": error])
            return .refusal(500, "the publisher cannot read this; its log says why")
        }
    }

    private func route(_ request: HTTPRequest) async throws -> HTTPResponse {
        let path = request.path
        guard request.method == "GET" else {
            throw Refusal(
                405, "a publisher is read from, with GET and HEAD; it does not know \(request.method)",
                headers: ["Allow": "GET, HEAD"])
        }
        switch path {
        case "/health": return .json("{\"status\":\"alive\"}")
        case "/ready":
            return isReady()
                ? .json("{\"status\":\"ready\"}") : .json(status: 503, "{\"status\":\"the folder is being read\"}")
        case "/metrics": return await metrics.answer()
        case "/api/list": return await versions.pool.run { list() }
        default: break
        }
        if let rest = path.rest(after: "/api/download/") { return try await download(request, rest) }
        if let rest = path.rest(after: "/versions/") { return try await versions.answer(request, rest) }
        throw Refusal(
            404,
            "there is nothing at '\(path.prefix(200))': a publisher has /api/list, /api/download/PATH, "
                + "/versions/VERSION/data, /versions/VERSION/manifest, /versions/VERSION/blocks, /health, /ready and /metrics"
        )
    }

    private func list() -> HTTPResponse {
        let paths = files.index.allPaths.map { JSONString.quoted("\(group.text)/\($0.text)") }
        return .json("[" + paths.joined(separator: ",") + "]")
    }

    /// A dataset's current bytes.
    private func download(_ request: HTTPRequest, _ name: String) async throws -> HTTPResponse {
        if name.isEmpty || name.hasSuffix("/") { return try await index(of: name) }
        if let folder = folder(name), files.index.entry(RelativePath(folder)) == nil,
            await versions.pool.run({ files.index.hasFolder(folder) })
        {
            return IndexPage.redirect(to: name)
        }
        let path: DatasetPath
        do {
            path = try DatasetPath(name)
        } catch {
            throw Refusal(400, "\(error)")
        }
        let relative = RelativePath(path.relative)
        guard path.group.utf8.elementsEqual(group.text.utf8), files.index.entry(relative) != nil else {
            throw await versions.pool.run { notFound(path) }
        }
        let (file, type) = try await versions.pool.run { [files, store = versions.store] in
            guard let file = try files.open(relative) else {
                throw Refusal(503, "'\(path)' is being changed: try again", headers: ["Retry-After": "1"])
            }
            let dataset = try store.dataset(at: relative).map { try WireJSON.decode(Dataset.self, from: $0, .line) }
            return (file, dataset?.mediaType ?? MediaTypes.unknown)
        }
        return try await HTTPResponse.ranged(
            request: request, length: file.size, etag: EntityTag(file.version.description), contentType: type,
            headers: [
                "Cache-Control": "no-cache", "Bpubsub-Version": file.version.description,
                "Last-Modified": HTTPDate.text(Timestamp(nanoseconds: file.identity.modified)),
            ],
            body: versions.reading(file))
    }

    /// A folder's place in the group, "" for the group itself; nil for what is not in this group.
    private func folder(_ name: String) -> String? {
        name.utf8.elementsEqual(group.text.utf8) ? "" : name.rest(after: group.text + "/")
    }

    /// Links to what is in a folder, as of one moment.
    private func index(of name: String) async throws -> HTTPResponse {
        if name.isEmpty {
            let groups = ["\(group.text)/"]
            return IndexPage.response(of: "") { $0 == 0 ? groups : [] }
        }
        guard let folder = folder(String(name.dropLast())) else {
            throw Refusal(404, "there is no folder '\(name)' here; the group is '\(group)'")
        }
        let names = await versions.pool.run { files.index.names(in: folder) }
        guard !names.isEmpty || folder.isEmpty else {
            throw Refusal(404, "there is no folder '\(name)' here; /api/download/\(group)/ shows what there is")
        }
        return IndexPage.response(of: name) { piece in
            Array(names.dropFirst(piece * IndexPage.pieceLimit).prefix(IndexPage.pieceLimit))
        }
    }

    private func notFound(_ path: DatasetPath) -> Refusal {
        // Enough for a hint: a name that does not exist must not cost much more than one that does.
        let names = files.index.paths(atMost: 256).map { "\(group.text)/\($0.text)" }
        let nearest = NearestNames.of(path.text, among: names)
        let hint = nearest.isEmpty ? "/api/list has all" : "did you mean \(nearest.joined(separator: ", "))?"
        return Refusal(404, "there is no dataset '\(path)' here; \(hint)")
    }
}

extension String {
    /// What follows `prefix`, compared by bytes; nil when it does not start so.
    fileprivate func rest(after prefix: String) -> String? {
        guard utf8.starts(with: prefix.utf8) else { return nil }
        return String(decoding: utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }
}

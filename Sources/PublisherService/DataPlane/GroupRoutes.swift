internal import Catalogue
internal import HTTP
internal import Platform
internal import Versions
internal import Wire

/// Answers the requests of those who read the group.
struct GroupRoutes: Sendable {
    let group: GroupName
    let versions: PublishedVersions
    /// Whether the folder has been walked.
    let isReady: @Sendable () -> Bool
    let metrics: MetricsPage
    let logger: Logger

    private var files: VersionFiles { versions.files }

    /// Who answers what.
    var routes: Routes {
        Routes(
            of: "a publisher",
            [
                DataPlane(versions).route,
                Route(.bytes, .get { request, name in try await download(request, name) }),
                Route(.list, .get { _, _ in await versions.pool.run { list() } }),
                Route(.health, .get { _, _ in .json("{\"status\":\"alive\"}") }),
                Route(
                    .ready,
                    .get { _, _ in
                        isReady()
                            ? .json("{\"status\":\"ready\"}")
                            : .json(status: 503, "{\"status\":\"the folder is being read\"}")
                    }),
                Route(.metrics, .get { _, _ in await metrics.answer() }),
            ], log: logger,
            // Only a file that changes under our eyes ends too early.
            explain: { $0 is VersionError ? .gone("asked for") : nil })
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
        let path = try DatasetPath(name)
        let relative = RelativePath(path.relative)
        guard path.group.utf8.elementsEqual(group.text.utf8), files.index.entry(relative) != nil else {
            throw await versions.pool.run { notFound(path) }
        }
        let (file, type) = try await versions.pool.run { [files, store = versions.store] in
            guard let file = try files.open(relative) else {
                throw Refusal(503, "'\(path)' is being changed: try again")
            }
            let dataset = try store.dataset(at: relative).map { try WireJSON.decode(Dataset.self, from: $0, .line) }
            return (file, dataset?.mediaType ?? MediaTypes.unknown)
        }
        return try await HTTPResponse.ranged(
            request: request, length: file.size, etag: EntityTag(file.version.description), contentType: type,
            headers: [
                "Cache-Control": CacheControl.ask, ProtocolHeader.version: file.version.description,
                "Last-Modified": HTTPDate.text(Timestamp(nanoseconds: file.identity.modified)),
            ],
            body: versions.reading(file))
    }

    /// A folder's place in the group, "" for the group itself; nil for what is not in this group.
    private func folder(_ name: String) -> String? {
        name.utf8.elementsEqual(group.text.utf8) ? "" : name.suffix(after: group.text + "/")
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

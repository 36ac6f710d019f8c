import Catalogue
import HTTP
import Platform
import Wire

/// Holding all of a dataset, and its bytes.
struct DownloadRoutes: Sendable {
    let copy: CatalogueCopy
    let keeper: MirrorKeeper
    let versions: CurrentVersions
    let stored: StoredFile

    /// `POST /api/download`: starts, or tells how far it is.
    func start(_ request: HTTPRequest) async throws -> HTTPResponse {
        let names = try await NamesBody.read(request, on: keeper.pool)
        let (paths, missing) = try await keeper.pool.run {
            let found = try self.paths(of: names)
            return (found, found.filter { keeper.progress(of: $0)?.state != .complete })
        }
        if missing.contains(where: { keeper.holding($0)?.isWanted != true }) { try await keeper.want(Array(missing)) }
        return await keeper.pool.run {
            HTTPResponse.json(
                NamedValues(
                    paths.compactMap { path in keeper.progress(of: path).map { (ExactText(path.text), $0) } }))
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

    private func isFolder(_ text: String) -> Bool {
        !copy.paths.range(of: text + "/").isEmpty || copy.group(text) != nil
    }

    /// `GET /api/download/{folder}/`: links to what is in it, as of one moment.
    private func index(of text: String) async throws -> HTTPResponse {
        if text.isEmpty {
            let groups = copy.groups.map { $0.name + "/" }
            return IndexPage.response(of: "") { $0 == 0 ? groups : [] }
        }
        let name = String(text.dropLast())
        let pattern = try PathPattern(name)
        guard isFolder(name) else {
            if copy.group(pattern.group) == nil { throw copy.unknownGroup(pattern.group) }
            throw Refusal(404, "there is no folder '\(name)'; /api/download/\(pattern.group)/ shows what there is")
        }
        let pool = keeper.pool, paths = copy.paths
        let (folders, datasets) = await pool.run { paths.children(of: text) }
        return IndexPage.response(of: text) { piece in
            let start = piece * IndexPage.pieceLimit, count = folders.count
            let inner = folders.dropFirst(start).prefix(IndexPage.pieceLimit).map { "\($0.name)/" }
            let rest = datasets.dropFirst(max(0, start - count)).prefix(IndexPage.pieceLimit - inner.count)
            return await pool.run { inner + rest.map { paths[$0].name } }
        }
    }

    /// `GET /api/download/{path}`: the current version, fetched as it is read; when it cannot be had at all, the last one
    /// that is held completely, and the answer says so.
    func bytes(_ request: HTTPRequest, of text: String) async throws -> HTTPResponse {
        if text.isEmpty || text.hasSuffix("/") { return try await index(of: text) }
        if (try? DatasetPath(text)).flatMap({ copy.entry($0) }) == nil, isFolder(text) {
            return IndexPage.redirect(to: text)
        }
        let path = try await ReadPlace.path(text, in: copy, on: keeper.pool, to: "download")
        return try await versions.read(path) { try await stored.answer(request, $0) }
    }
}

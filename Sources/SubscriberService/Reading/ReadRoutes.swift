import Blosc2
import Catalogue
import HTTP
import Platform
import Wire

/// The read API of Caterva2, so that its clients and those of python-blosc2 work unchanged: what exists, what it is, any
/// part of it. `docs/read-api.md` describes it.
struct ReadRoutes: Sendable {
    private let copy: CatalogueCopy
    private let catalogue: CatalogueRoutes
    private let info: InfoRoute
    private let fetch: FetchRoute
    private let chunk: ChunkRoute
    private let explain: ExplainRoute
    private let view: ViewRoute
    let cache: AnswerCache
    private let pool: BlockingPool

    init(
        catalogue: CatalogueRoutes, versions: CurrentVersions, stored: StoredFile, freshness: Freshness,
        codec: FrameCodec
    ) {
        copy = catalogue.copy
        self.catalogue = catalogue
        // Of its own: saving and downloading must not wait for what takes long to decompress.
        pool = BlockingPool(name: "subscriber-read", threads: 4)
        let slices = SliceReader(keeper: versions.keeper, pool: pool, codec: codec)
        cache = AnswerCache(copy: copy, freshness: freshness)
        info = InfoRoute(
            copy: copy, slices: slices, versions: versions, freshness: freshness, cache: cache, pool: pool)
        fetch = FetchRoute(
            copy: copy, slices: slices, versions: versions, freshness: freshness, stored: stored, cache: cache,
            pool: pool)
        view = ViewRoute(
            copy: copy, versions: versions, freshness: freshness, cache: cache, reducer: ViewReducer(slices: slices),
            pool: pool)
        explain = ExplainRoute(copy: copy, slices: slices, versions: versions, pool: pool)
        chunk = ChunkRoute(copy: copy, slices: slices, versions: versions, freshness: freshness, pool: pool)
    }

    /// What is asked for most comes first.
    var routes: [Route] {
        [
            Route(
                .fetch, cached { request, name in try await fetch.answer(request, of: name) },
                .question { request, name in try await fetch.answer(request, of: name) }),
            Route(.datasetInfo, cached { request, name in try await info.answer(request, of: name) }),
            Route(.view, cached { request, name in try await view.answer(request, of: name) }),
            Route(
                .folderList,
                cached { request, name in
                    name.isEmpty ? try await catalogue.list(request) : try await list(request, name)
                }),
            Route(
                .explain, .get { request, name in try await explain.answer(request, of: name) },
                .question { request, name in try await explain.answer(request, of: name) }),
            Route(.chunk, .get { request, name in try await chunk.answer(request, of: name) }),
            Route(.list, .get { request, _ in try await catalogue.list(request) }),
            Route(.roots, .get { _, _ in roots }),
        ]
    }

    /// An answer that is known, or a new one.
    private func cached(_ make: @escaping Route.Handler) -> Route.Method {
        .get { [cache] request, name in
            // Before anything that suspends: the answer is then sent from the connection's own thread.
            if let known = cache.answer(request) { return known }
            return try await make(request, name)
        }
    }

    private struct Root: Encodable {
        let name: String
    }

    private var roots: HTTPResponse {
        .json(NamedValues(copy.groups.map { (ExactText($0.name), Root(name: $0.name)) }))
    }

    /// All datasets of a folder, relative to it.
    private func list(_ request: HTTPRequest, _ text: String) async throws -> HTTPResponse {
        let generation = copy.namesGeneration
        let response: HTTPResponse = try await pool.run {
            let names: [String]
            switch try ReadPlace(text, in: copy) {
            case .dataset(let dataset): names = [dataset.path.name]
            case .folder(let folder, let paths):
                names = paths.map { String(decoding: $0.text.utf8.dropFirst(folder.utf8.count + 1), as: UTF8.self) }
            case .nothing: names = []
            }
            return .large(WireJSON.encode(names), request)
        }
        cache.keep(response, to: request, generation: generation)
        return response
    }
}

import Catalogue
import Digests
import HTTP
import Metrics
import Platform
import Synchronization
import Wire

/// Answers of the read API that are asked for again and again, as they were sent: given without a look at the dataset.
///
/// An answer of a dataset is of one line of the catalogue, and worth nothing as soon as the catalogue has another; a list is as
/// long right as no dataset comes or goes.
final class AnswerCache: Sendable {
    /// Bytes of bodies, and of what was asked: a client may make its questions as long as it likes.
    static let limit = 16 << 20
    /// Longer answers cost more to send than to make.
    static let bodyLimit = 1 << 19
    static let listLimit = 4 << 20
    private static let countLimit = 65_536

    private struct Key: Hashable {
        let path: ExactText
        let query: [ExactText]
        let isGzip: Bool

        init?(_ request: HTTPRequest) {
            guard request.method == "GET", request.headers["Range"] == nil else { return nil }
            path = ExactText(request.path)
            query = request.query.flatMap { [ExactText($0.name), ExactText($0.value)] }
            isGzip = request.acceptsGzip
        }

        /// About how many bytes it takes: an empty string takes some, too.
        var size: Int { query.reduce(path.text.utf8.count) { $0 + 32 + $1.text.utf8.count } }
    }

    /// What an answer is right for.
    private enum Basis {
        case dataset(DatasetPath, Version, line: Digest)
        case names(generation: Int)
    }

    private struct Entry {
        let basis: Basis
        let headers: HTTPHeaders
        let body: SharedBytes
    }

    private let copy: CatalogueCopy
    private let freshness: Freshness
    private let table = Locked(RecentCache<Key, Entry>(costLimit: limit, countLimit: countLimit))
    private let hits = Counter()
    private let misses = Counter()

    init(copy: CatalogueCopy, freshness: Freshness) {
        self.copy = copy
        self.freshness = freshness
    }

    /// The answer, if it is known and still right.
    func answer(_ request: HTTPRequest) -> HTTPResponse? {
        guard let key = Key(request), let entry = table.withLock({ $0.use(key) }) else { return nil }
        var headers: HTTPHeaders
        switch entry.basis {
        case .dataset(let path, let version, let line):
            guard copy.entry(path)?.digest == line else { return nil }
            headers = freshness.headers(path, version, isHeld: true, isCurrent: true)
        case .names(let generation):
            guard copy.namesGeneration == generation else { return nil }
            headers = [:]
        }
        for field in entry.headers.fields { headers[field.name] = field.value }
        hits.add()
        return HTTPResponse(headers: headers, body: .bytes(entry.body)).unlessKnown(to: request)
    }

    var use: SubscriberStatus.Cache {
        let (answers, bytes) = table.withLock { ($0.count, $0.cost) }
        return .init(answers: answers, bytes: bytes, limit: Self.limit, hits: hits.total, misses: misses.total)
    }

    /// Keeps an answer that `entry` of the catalogue led to.
    ///
    /// - Parameter entry: as it was before the answer was made.
    func keep(
        _ response: HTTPResponse, to request: HTTPRequest, of path: DatasetPath, _ entry: CatalogueState.Entry?,
        version: Version
    ) {
        guard let entry, entry.version == version else { return }
        keep(response, to: request, .dataset(path, version, line: entry.digest), limit: Self.bodyLimit)
    }

    /// Keeps a list.
    ///
    /// - Parameter generation: of the names, before the list was made.
    func keep(_ response: HTTPResponse, to request: HTTPRequest, generation: Int) {
        keep(response, to: request, .names(generation: generation), limit: Self.listLimit)
    }

    private func keep(_ response: HTTPResponse, to request: HTTPRequest, _ basis: Basis, limit: Int) {
        guard case .bytes(let body) = response.body, body.count <= limit, response.status == 200,
            let key = Key(request)
        else { return }
        misses.add()
        var headers = HTTPHeaders()
        for name in ["Content-Type", "Content-Encoding", "Accept-Ranges", "ETag", ProtocolHeader.reduction] {
            headers[name] = response.headers[name]
        }
        let entry = Entry(basis: basis, headers: headers, body: body)
        table.withLock { $0.keep(entry, for: key, cost: body.count + key.size) }
    }
}

extension HTTPResponse {
    /// The same, or 304 when the client has said that it knows it.
    func unlessKnown(to request: HTTPRequest) -> HTTPResponse {
        guard let known = request.headers.list("If-None-Match"), let own = headers["ETag"],
            let tag = EntityTag(parsing: own), !tag.satisfiesNone(ofHeader: known)
        else { return self }
        var headers = headers
        headers["Content-Type"] = nil
        headers["Content-Encoding"] = nil
        return HTTPResponse(status: 304, headers: headers)
    }
}

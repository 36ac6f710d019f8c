package import Catalogue
package import HTTP

/// The part of the catalogue that somebody wants: what begins with one of some prefixes, and the groups of that.
package struct CataloguePart: Hashable, Sendable {
    /// Sorted; empty for all.
    package let prefixes: [String]

    package init(prefixes: [String] = []) { self.prefixes = prefixes }

    init(_ query: [Query.Parameter]) throws(Refusal) {
        let prefixes = Query.values("prefix", in: query)
        if prefixes.count > RequestLimits.prefixes {
            throw Refusal(
                400, "'prefix' is given more than \(RequestLimits.prefixes) times: ask in several requests")
        }
        if prefixes.contains(where: { $0.utf8.count > RequestLimits.prefixLength }) {
            throw Refusal(400, "'prefix' has more than \(RequestLimits.prefixLength) bytes, which no path has")
        }
        if prefixes.contains("") {
            self.prefixes = []
            return
        }
        self.prefixes = Set(prefixes.map { Array($0.utf8) }).sorted { $0.lexicographicallyPrecedes($1) }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    var parameters: [Query.Parameter] { prefixes.map { ("prefix", $0) } }

    /// Whether changes of a key are of it; `nil` when all are.
    package var filter: (@Sendable (String) -> Bool)? {
        if prefixes.isEmpty { return nil }
        return { [prefixes] key in prefixes.contains { Change.concerns(key: key, prefix: $0) } }
    }
}

/// `GET /api/datasets`: the catalogue now.
package struct ListingQuestion: Hashable, Sendable {
    package let part: CataloguePart
    /// The lines of the feed, rather than one JSON object.
    package let isLines: Bool
    /// Also what the present log has not told of. Programs want all there is; subscribers of earlier releases know no lines
    /// of what is kept.
    package let withKept: Bool

    package init(_ part: CataloguePart, isLines: Bool = true, withKept: Bool = false) {
        self.part = part
        self.isLines = isLines
        self.withKept = withKept
    }

    package init(_ request: HTTPRequest) throws(Refusal) {
        let isLines = request.headers["Accept"]?.contains(MediaType.lines) == true
        self.init(
            try CataloguePart(request.query), isLines: isLines,
            withKept: !isLines || request.parameter("kept") == "true")
    }

    /// Path and query.
    package var target: String {
        RoutePath.datasets.fixed + Query.text(part.parameters + (isLines && withKept ? [("kept", "true")] : []))
    }

    package var headers: HTTPHeaders { isLines ? ["Accept": MediaType.lines] : [:] }

    /// What the answer is.
    package var mediaType: String { isLines ? MediaType.lines : MediaType.json }
}

/// `GET /api/changes`: what happens, and what has happened since.
package struct ChangesQuestion: Hashable, Sendable {
    package let part: CataloguePart
    /// Up to where the asker knows all; `nil` to begin now. The epoch as it was given.
    package let since: Since?

    package struct Since: Hashable, Sendable {
        package let epoch: String
        package let revision: Revision

        package init(epoch: String, revision: Revision) {
            self.epoch = epoch
            self.revision = revision
        }
    }

    package init(_ part: CataloguePart, since position: CataloguePosition) {
        self.part = part
        since = Since(epoch: position.epoch.text, revision: position.revision)
    }

    package init(_ request: FeedRequest) throws(Refusal) {
        part = try CataloguePart(request.query)
        let epoch = request.parameter("epoch"), after = request.parameter("after")
        if epoch == nil, after == nil {
            since = nil
            return
        }
        guard let epoch, let revision = after.flatMap({ Revision($0) }) else {
            throw Refusal(400, "'epoch' and 'after', a revision, belong together: give both, or none to begin now")
        }
        since = Since(epoch: epoch, revision: revision)
    }

    /// Path and query.
    package var target: String {
        let position = since.map { [("epoch", $0.epoch), ("after", "\($0.revision)")] } ?? []
        return RoutePath.changes.fixed + Query.text(position + part.parameters)
    }

    package static let headers: HTTPHeaders = ["Accept": MediaType.lines]
}

import Catalogue
import HTTP
import Platform
import Wire

/// What exists, by name.
struct CatalogueRoutes: Sendable {
    let copy: CatalogueCopy
    let keeper: MirrorKeeper
    /// Listings of many datasets take their time, and a polling thread has other connections to serve.
    let pool: BlockingPool

    /// More are no help to anybody who types.
    private static let completionLimit = 1000

    func list(_ request: HTTPRequest) async throws -> HTTPResponse {
        let question = try ListQuestion(request)
        if let text = question.completing {
            return await pool.run {
                .large(WireJSON.encode(copy.paths.completions(of: text, limit: Self.completionLimit)), request)
            }
        }
        let paths = try await copy.paths(matchingAny: question.patterns, on: pool)
        return try await pool.run {
            let text =
                question.isLong ? WireJSON.encode(try keeper.rows(of: paths)) : WireJSON.encode(paths.map(\.text))
            return .large(text, request)
        }
    }
}

extension CatalogueCopy {
    /// The refusal for a name that does not exist, with the names that may have been meant.
    func unknown(_ name: String) -> Refusal {
        if position == nil { return .notListedYet }
        let near = nearest(name)
        let hint = near.isEmpty ? "'bpubsub list' shows what exists" : "did you mean \(near.joined(separator: ", "))?"
        return Refusal(404, "there is no dataset '\(name)'; \(hint)")
    }

    /// The refusal for a group that does not exist.
    func unknownGroup(_ name: String) -> Refusal {
        position == nil ? .notListedYet : Refusal(404, "there is no group '\(name)'; /api/tree lists the groups")
    }

    /// Names that are compared with one that does not exist: it must not cost much more than one that does.
    private static var hintLimit: Int { 128 }

    /// Names that may have been meant; none before all are known.
    ///
    /// Of many names those are looked at which stand next to it in the deepest folder that exists.
    func nearest(_ name: String) -> [String] {
        guard position != nil else { return [] }
        let paths = paths
        var folder = name[...]
        var range = paths.startIndex..<paths.startIndex
        while range.isEmpty, let slash = folder.utf8.lastIndex(of: UInt8(ascii: "/")) {
            folder = folder[..<slash]
            range = paths.range(of: folder + "/")
        }
        if range.isEmpty || paths.count <= Self.hintLimit { range = paths.startIndex..<paths.endIndex }
        let groups = groups.prefix(Self.hintLimit / 4).map(\.name)
        return NearestNames.of(
            name, among: groups + paths.around(name, in: range, limit: Self.hintLimit).map(\.text))
    }
}

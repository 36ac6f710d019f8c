import Catalogue
import HTTP

/// Which listing of the catalogue is asked for.
struct ListingForm: Hashable, Sendable {
    /// Sorted; empty for all.
    let prefixes: [String]
    /// The lines of the feed, rather than one JSON object.
    let isLines: Bool
    let isCompressed: Bool

    init(_ request: HTTPRequest) throws(Refusal) {
        prefixes = try Self.prefixes(request.query)
        isLines = request.headers["Accept"]?.contains("application/x-ndjson") ?? false
        isCompressed = request.acceptsGzip
    }

    var contentType: String { isLines ? "application/x-ndjson" : "application/json" }

    /// The prefixes that a query gives; none when it wants all.
    static func prefixes(_ query: [(name: String, value: String)]) throws(Refusal) -> [String] {
        let prefixes = query.filter { $0.name == "prefix" }.map(\.value)
        if prefixes.count > 100 { throw Refusal(400, "'prefix' is given more than 100 times: ask in several requests") }
        if prefixes.contains(where: { $0.utf8.count > 4096 }) {
            throw Refusal(400, "'prefix' has more than 4096 bytes, which no path has")
        }
        if prefixes.contains("") { return [] }
        return Set(prefixes.map { Array($0.utf8) }).sorted { $0.lexicographicallyPrecedes($1) }
            .map { String(decoding: $0, as: UTF8.self) }
    }
}

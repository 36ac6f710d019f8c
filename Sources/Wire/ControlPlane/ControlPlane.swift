import Catalogue
import HTTP
import Platform

/// What the catalogue is read by: groups, datasets, listings, and the feed of changes. Brokers have it, and subscribers for
/// the next one; to announce is the broker's alone.
package struct ControlPlane<Source: ChangeSource>: Sendable {
    private let source: Source

    package init(_ source: Source) { self.source = source }

    /// - Parameters:
    ///   - claiming: further methods of a group.
    ///   - announcing: further methods of the feed.
    ///   - hint: said to who tries others.
    package func routes(
        claiming: [Route.Method] = [], announcing: [Route.Method] = [], hint: String = ""
    ) -> [Route] {
        [
            Route(.publishers, .get { _, _ in .json(source.groups) }, hint: hint),
            Route(.publisher, [.get { _, name in try group(GroupName(name)) }] + claiming, hint: hint),
            Route(.datasets, .get { request, _ in try await datasets(request) }, hint: hint),
            Route(.dataset, .get { _, name in try await dataset(DatasetPath(name)) }, hint: hint),
            Route(.changes, [.feed] + announcing, hint: hint),
        ]
    }

    private func group(_ name: GroupName) throws(Refusal) -> HTTPResponse {
        guard let group = source.group(name) else { throw Refusal(404, "there is no group '\(name)'") }
        return .json(group)
    }

    private func dataset(_ path: DatasetPath) async throws -> HTTPResponse {
        let dataset = try await source.dataset(path)
        var headers: HTTPHeaders = ["Content-Type": MediaType.json, "Cache-Control": CacheControl.ask]
        headers[ProtocolHeader.epoch] = source.epoch?.text
        return HTTPResponse(headers: headers, body: .bytes(SharedBytes(dataset)))
    }

    private func datasets(_ request: HTTPRequest) async throws -> HTTPResponse {
        let question = try ListingQuestion(request), isCompressed = request.acceptsGzip
        let listing = try await source.listing(question, isCompressed: isCompressed)
        var headers: HTTPHeaders = [
            "Content-Type": question.mediaType, ProtocolHeader.epoch: listing.position.epoch.text,
            ProtocolHeader.revision: "\(listing.position.revision)", "Vary": "Accept, Accept-Encoding",
            "Cache-Control": CacheControl.ask,
        ]
        if isCompressed { headers["Content-Encoding"] = "gzip" }
        var response = HTTPResponse(headers: headers, body: listing.body)
        response.claim = listing.claim
        return response
    }
}

package import Catalogue
package import HTTP
package import Versions

/// `GET /versions/{version}/…`: what of a version is wanted.
package struct VersionQuestion: Hashable, Sendable {
    package enum Part: Hashable, Sendable {
        /// With the difference to another version, where that one is known.
        case manifest(since: Version?)
        case blocks(BlockRequest)
        case data
    }

    package let version: Version
    package let part: Part

    package init(_ version: Version, _ part: Part) {
        self.version = version
        self.part = part
    }

    /// - Parameter name: what the path has behind ``RoutePath/version``.
    package init(_ request: HTTPRequest, _ name: String) throws(Refusal) {
        let pieces = name.split(separator: "/", omittingEmptySubsequences: false)
        guard pieces.count == 2 else {
            throw Refusal(
                404, "a version is at /versions/VERSION/manifest, /versions/VERSION/blocks, /versions/VERSION/data")
        }
        guard let version = Version(pieces[0]) else {
            throw Refusal(400, "'\(pieces[0].prefix(200))' is no version: that is 64 lower-case hexadecimal digits")
        }
        self.version = version
        switch pieces[1] {
        case "manifest": part = .manifest(since: try Self.since(request))
        case "blocks": part = .blocks(try Self.blocks(request))
        case "data": part = .data
        default: throw Refusal(404, "a version has a manifest, blocks and data, but no '\(pieces[1].prefix(200))'")
        }
    }

    private static func since(_ request: HTTPRequest) throws(Refusal) -> Version? {
        guard let text = request.parameter("since") else { return nil }
        guard let since = Version(text) else {
            throw Refusal(400, "'since' takes a version: 64 lower-case hexadecimal digits")
        }
        return since
    }

    /// `?of=3:0,5-7;9`
    private static func blocks(_ request: HTTPRequest) throws(Refusal) -> BlockRequest {
        do {
            return try BlockRequest(request.parameter("of") ?? "")
        } catch {
            throw Refusal(400, "\(error)")
        }
    }

    /// Path and query.
    package var target: String {
        let path = "\(RoutePath.version.fixed)\(version)/"
        switch part {
        case .manifest(let since): return "\(path)manifest" + Query.text(since.map { [("since", "\($0)")] } ?? [])
        // As it is: the signs that it has are good in a query.
        case .blocks(let request): return "\(path)blocks?of=\(request)"
        case .data: return "\(path)data"
        }
    }
}

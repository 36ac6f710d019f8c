import Catalogue
import HTTP
import Platform

/// Says in an answer of which version it is, where it comes from, and how sure it is that there is nothing newer
/// (RFC 9211, RFC 9111).
struct Freshness: Sendable {
    let copy: CatalogueCopy
    let status: BrokerStatus

    /// - Parameters:
    ///   - isHeld: nothing had to be fetched.
    ///   - isCurrent: the version is what the catalogue here says.
    func headers(_ path: DatasetPath, _ version: Version, isHeld: Bool, isCurrent: Bool) -> HTTPHeaders {
        var headers: HTTPHeaders = [
            "Bpubsub-Version": version.description,
            "Cache-Control": "no-cache",
            "Cache-Status": "bpubsub; \(isHeld ? "hit" : "fwd=partial-miss")",
        ]
        let broker = status.snapshot
        let group = copy.group(path.group)
        let doubt: (reason: String, since: Double?)? =
            if !isCurrent {
                ("stale", broker.heard?.seconds)
            } else if !broker.isConnected {
                ("broker-unreachable", broker.heard?.seconds)
            } else if let group, !group.online {
                ("publisher-offline", group.since)
            } else {
                nil
            }
        guard let doubt else { return headers }
        headers["Cache-Status"] = "bpubsub; hit; detail=\(doubt.reason)"
        // The greatest age that RFC 9111 has: a broker may say any time.
        if let since = doubt.since { headers["Age"] = "\(Int(min(max(0, Timestamp.now.seconds - since), 0x1p31)))" }
        return headers
    }

    /// 304 for who says to have the answer already that the dataset's current version would give: nothing is made for it, and
    /// nothing fetched. `nil` for all others.
    ///
    /// - Parameter tag: of the answer, by the version.
    func unchanged(_ request: HTTPRequest, _ path: DatasetPath, tag: (Version) -> EntityTag) -> HTTPResponse? {
        guard request.method != "POST", let known = request.headers.list("If-None-Match"),
            let version = copy.entry(path)?.version
        else { return nil }
        let tag = tag(version)
        if tag.satisfiesNone(ofHeader: known) { return nil }
        var headers = headers(path, version, isHeld: true, isCurrent: true)
        headers["ETag"] = tag.description
        return HTTPResponse(status: 304, headers: headers)
    }
}

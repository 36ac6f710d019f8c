import Catalogue
import HTTP
import Platform
import Wire

/// Says in an answer of which version it is, where it comes from, and how sure it is that there is nothing newer
/// (RFC 9211, RFC 9111).
struct Freshness: Sendable {
    let copy: CatalogueCopy
    let status: BrokerStatus
    /// Since when what is held of a dataset is not its current version, if that is known.
    var superseded: @Sendable (DatasetPath) -> SteadyInstant? = { _ in nil }

    /// - Parameters:
    ///   - isHeld: nothing had to be fetched.
    ///   - isCurrent: the version is what the catalogue here says.
    func headers(_ path: DatasetPath, _ version: Version, isHeld: Bool, isCurrent: Bool) -> HTTPHeaders {
        var headers: HTTPHeaders = [
            ProtocolHeader.version: version.description,
            "Cache-Control": CacheControl.ask,
            "Cache-Status": "bpubsub; \(isHeld ? "hit" : "fwd=partial-miss")",
        ]
        if let doubt = doubt(path, isCurrent: isCurrent) { headers.add(doubt) }
        return headers
    }

    /// Why an answer may be old, and for how many seconds it may have been.
    struct Doubt: Sendable {
        let reason: String
        let seconds: Double?
    }

    /// Why what is here of the dataset may be old; `nil` when it is known to be current.
    func doubt(_ path: DatasetPath, isCurrent: Bool = true) -> Doubt? {
        let broker = status.snapshot
        let (offline, kept) = copy.doubts(path, broker)
        let older =
            isCurrent
            ? nil : superseded(path).map { max(0, (broker.now - $0) / .seconds(1)) } ?? broker.lag
        let reason: String? =
            if !isCurrent {
                "stale"
            } else if kept != nil {
                "not-announced"
            } else if broker.isInDoubt {
                "broker-unreachable"
            } else if offline != nil {
                "publisher-offline"
            } else {
                nil
            }
        guard let reason else { return nil }
        let since = [broker.stale, offline, kept, older].compactMap { $0 }.max()
        return Doubt(reason: reason, seconds: since)
    }

    /// Marks an answer that is of the catalogue as a whole, or says what it has of one dataset.
    ///
    /// - Parameter path: of the request.
    func mark(_ headers: inout HTTPHeaders, of path: String) {
        guard headers["Cache-Status"] == nil else { return }
        if let dataset = RoutePath.dataset.name(in: path).flatMap({ try? DatasetPath($0) }),
            copy.entry(dataset) != nil
        {
            if let doubt = doubt(dataset) { headers.add(doubt) }
        } else {
            let stale = status.snapshot.stale, kept = copy.keptSeconds(in: Self.group(path))
            if let kept {
                headers.add(Doubt(reason: "not-announced", seconds: max(kept, stale ?? 0)))
            } else if let stale {
                headers.add(Doubt(reason: "broker-unreachable", seconds: stale))
            }
        }
    }

    /// The group that a list is of; `nil` when it is of several.
    private static func group(_ path: String) -> String? {
        for route in [RoutePath.folderList, .folderTree, .datasetInfo, .publisher] {
            if let rest = route.name(in: path) { return String(rest.prefix { $0 != "/" }) }
        }
        return nil
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

extension HTTPHeaders {
    fileprivate mutating func add(_ doubt: Freshness.Doubt) {
        self["Cache-Status"] = "bpubsub; hit; detail=\(doubt.reason)"
        // The greatest age that RFC 9111 has: others may say any time.
        if let seconds = doubt.seconds { self["Age"] = "\(Int(min(max(0, seconds), 0x1p31)))" }
    }
}

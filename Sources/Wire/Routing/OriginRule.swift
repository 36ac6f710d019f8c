package import HTTP
import Platform

/// Which web pages may change something at a service: none, or its own, under names that are known to be its own.
///
/// A browser says by `Origin` whose page makes it send a request; whoever visits the page of another site has not asked to
/// change anything here. That the page's name is the one the request came to (`Host`) is not enough: any site can let its
/// name point to this address. Addresses and names of this machine cannot be had by others. Programs send no `Origin`.
package struct OriginRule: Sendable {
    /// Nil: the service has no pages.
    private let machine: Set<String>?
    private let allowed: Set<String>

    /// No page is known to be the service's own.
    package static let nobody = OriginRule()

    private init() {
        machine = nil
        allowed = []
    }

    /// The service has pages.
    ///
    /// - Parameters:
    ///   - allowed: further names under which they are reached.
    ///   - machine: its own name.
    package init(ownPagesAt allowed: [String], machine: String = FileSystem.hostName) {
        self.allowed = Set(allowed.map { $0.lowercased() })
        let full = machine.lowercased(), short = full.prefix { $0 != "." }
        self.machine = ["localhost", full, String(short), "\(short).local"]
    }

    /// Refuses what a page of another site makes a browser send.
    package func check(_ request: HTTPRequest, _ effect: Route.Effect) throws(Refusal) {
        switch effect {
        case .reads: return
        case .asks: try checkQuestion(request)
        case .changes: try checkChange(request)
        }
    }

    private func checkChange(_ request: HTTPRequest) throws(Refusal) {
        guard let origin = request.headers["Origin"] else { return }
        guard let machine, let authority = Self.authority(of: origin) else { throw Self.foreign(origin) }
        let name = Self.name(of: authority)
        // A proxy may have put a `Host` of its own.
        if allowed.contains(name) { return }
        guard authority == request.headers["Host"]?.lowercased() else { throw Self.foreign(origin) }
        if machine.contains(name) || name.hasSuffix(".localhost") || Self.isAddress(name) { return }
        throw Refusal(
            403,
            "\(name) is not known to be a name of this subscriber, whose page could be another's; when it is one, "
                + "start the subscriber with --allowed-host \(name)")
    }

    /// Refuses a question that a page of another site makes a browser send without asking first whether it may, as browsers
    /// do with what is not said to be JSON.
    private func checkQuestion(_ request: HTTPRequest) throws(Refusal) {
        guard let origin = request.headers["Origin"] else { return }
        let type = request.headers["Content-Type"]?.prefix { $0 != ";" && $0 != " " }.lowercased()
        guard type != MediaType.json, (try? checkChange(request)) == nil else { return }
        throw Refusal(403, "a page of \(origin) may ask this by GET, or by POST with 'Content-Type: application/json'")
    }

    private static func foreign(_ origin: String) -> Refusal {
        Refusal(403, "a page of \(origin) may read here, and change nothing")
    }

    /// `NAME[:PORT]` of an origin on the web.
    private static func authority(of origin: String) -> String? {
        let origin = origin.lowercased()
        return origin.suffix(after: "http://") ?? origin.suffix(after: "https://")
    }

    /// Without the port.
    private static func name(of authority: String) -> String {
        authority.hasPrefix("[")
            ? String(authority.prefix { $0 != "]" }) : String(authority.prefix { $0 != ":" })
    }

    /// An IPv6 address stands in a bracket, which no name has; browsers write IPv4 as four numbers.
    private static func isAddress(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return name.hasPrefix("[") || (parts.count == 4 && parts.allSatisfy { UInt8($0) != nil })
    }
}

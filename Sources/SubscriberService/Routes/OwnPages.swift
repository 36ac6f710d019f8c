import HTTP
import Platform

/// Which web pages may change something here: our own, under names that are known to be ours.
///
/// A browser says by `Origin` whose page makes it send a request; whoever visits the page of another site has not asked to
/// change anything here. That the page's name is the one the request came to (`Host`) is not enough: any site can let its
/// name point to this address. Addresses and names of this machine cannot be had by others. Programs send no `Origin`.
struct OwnPages: Sendable {
    private let machine: Set<String>
    private let allowed: Set<String>

    /// - Parameters:
    ///   - allowed: further names under which the page is reached.
    ///   - machine: its own name.
    init(allowed: [String] = [], machine: String = FileSystem.hostName) {
        self.allowed = Set(allowed.map { $0.lowercased() })
        let full = machine.lowercased(), short = full.prefix { $0 != "." }
        self.machine = ["localhost", full, String(short), "\(short).local"]
    }

    /// The request itself, unless a page of another site makes a browser send it.
    func checked(_ request: HTTPRequest) throws(Refusal) -> HTTPRequest {
        guard let origin = request.headers["Origin"] else { return request }
        guard let authority = Self.authority(of: origin) else { throw Self.foreign(origin) }
        let name = Self.name(of: authority)
        // A proxy may have put a `Host` of its own.
        if allowed.contains(name) { return request }
        guard authority == request.headers["Host"]?.lowercased() else { throw Self.foreign(origin) }
        if machine.contains(name) || name.hasSuffix(".localhost") || Self.isAddress(name) { return request }
        throw Refusal(
            403,
            "\(name) is not known to be a name of this subscriber, whose page could be another's; when it is one, "
                + "start the subscriber with --allowed-host \(name)")
    }

    /// The request itself, unless it is a question that a page of another site makes a browser send without asking first
    /// whether it may, as browsers do with what is not said to be JSON.
    func readable(_ request: HTTPRequest) throws(Refusal) -> HTTPRequest {
        guard request.method == "POST", let origin = request.headers["Origin"] else { return request }
        let type = request.headers["Content-Type"]?.prefix { $0 != ";" && $0 != " " }.lowercased()
        guard type != "application/json", (try? checked(request)) == nil else { return request }
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

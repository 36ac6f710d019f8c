internal import Glibc

/// The proxy that the environment names for a URL. libcurl uses it by itself; this is to be able to say so.
struct EnvironmentProxy: Hashable, Sendable, CustomStringConvertible {
    let variable: String
    let address: String

    /// - Parameter environment: looks a variable up.
    init?(for origin: Origin, environment: (String) -> String? = Self.variable) {
        // As libcurl does it: HTTP_PROXY in capitals can be set by a request's header field where programs answer requests.
        let own = origin.scheme == "https" ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]
        let names = own + ["all_proxy", "ALL_PROXY"]
        guard let variable = names.first(where: { environment($0)?.isEmpty == false }),
            let address = environment(variable)
        else { return nil }
        let exceptions = environment("no_proxy") ?? environment("NO_PROXY") ?? ""
        if Self.isExcepted(origin.host, exceptions) { return nil }
        self.variable = variable
        self.address = HTTPClient.Request(url: address.contains("://") ? address : "http://" + address).urlWithoutLogin
    }

    var description: String { "\(address), as \(variable) in the environment says" }

    private static func isExcepted(_ host: String, _ exceptions: String) -> Bool {
        let host = host.filter { $0 != "[" && $0 != "]" }
        return exceptions.lowercased().split(whereSeparator: { $0 == "," || $0 == " " }).contains { entry in
            let name = entry.drop { $0 == "." }.filter { $0 != "[" && $0 != "]" }
            return entry == "*" || host == name || (!name.isEmpty && host.hasSuffix("." + name))
        }
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}

/// Who serves a URL: two URLs with the same origin ask the same server.
struct Origin: Hashable, Sendable, CustomStringConvertible {
    let scheme: String
    /// In lower case; an IPv6 address in brackets.
    let host: String
    let port: Int

    /// The host, with the port unless that is the scheme's.
    var authority: String { port == (scheme == "https" ? 443 : 80) ? host : "\(host):\(port)" }
    var description: String { "\(scheme)://\(authority)" }
}

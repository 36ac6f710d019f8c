/// A host and a port, as in `localhost:8000`, `0.0.0.0:80` or `[::1]:8002`.
public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    public var host: String
    /// Zero, when listening, asks for any free port.
    public var port: UInt16

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// `nil` unless `text` is `HOST:PORT`; an IPv6 address stands in brackets.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self.init(host: String(host), port: port)
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    /// The base of the URLs served there, without a slash at the end.
    public var url: String { "http://\(self)" }
}

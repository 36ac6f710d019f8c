/// A request as a handler sees it: nothing in it belongs to the connection.
public struct HTTPRequest: Sendable {
    /// `GET`, `HEAD`, `POST`, …
    public let method: String
    /// The path, its percent escapes decoded once; not yet checked for anything.
    public let path: String
    /// The query's names and values, decoded, in order; a name without `=` has the value "".
    public let query: [(name: String, value: String)]
    public let headers: HTTPHeaders
    /// The upload, with back-pressure down to the socket.
    public let body: HTTPRequestBody

    /// The first value of a query parameter.
    public func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }
}

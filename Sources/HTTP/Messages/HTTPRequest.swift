/// A request as a handler sees it: nothing in it belongs to the connection.
public struct HTTPRequest: Sendable {
    /// `GET`, `POST`, …; a `HEAD` request is a `GET` whose body the server does not send.
    public let method: String
    /// The request was `HEAD`: making the body is wasted work, its length is not.
    public let isHead: Bool
    /// The path, its percent escapes decoded once; not yet checked for anything.
    public let path: String
    /// How many levels below the root a browser takes the path to lie: its slashes after the first, without escaped ones.
    public let depth: Int
    /// The query's names and values, decoded, in order; a name without `=` has the value "".
    public let query: [(name: String, value: String)]
    public let headers: HTTPHeaders
    /// The upload, with back-pressure down to the socket.
    public let body: HTTPRequestBody

    package init(
        method: String = "GET", isHead: Bool = false, path: String, depth: Int = 0,
        query: [(name: String, value: String)] = [], headers: HTTPHeaders = [:],
        body: HTTPRequestBody = HTTPRequestBody([])
    ) {
        self.method = method
        self.isHead = isHead
        self.path = path
        self.depth = depth
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The first value of a query parameter.
    public func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }
}

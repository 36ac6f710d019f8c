internal import CMicroHTTPD

/// The head of a request that libmicrohttpd has read, copied out of the connection.
struct RequestHead {
    let method: String
    let headers: HTTPHeaders
    let hasBody: Bool
    let declaredLength: Int64?
    /// The client waits for leave to send its body, or its body is so long that reading it only to discard it would be
    /// worse than closing the connection under it.
    let refusesEarly: Bool

    init(of connection: OpaquePointer, method: UnsafePointer<CChar>) {
        self.method = String(cString: method)
        var headers = HTTPHeaders()
        withUnsafeMutablePointer(to: &headers) { headers in
            _ = MHD_get_connection_values(
                connection, .HEADER_KIND,
                { context, _, name, value in
                    let headers = context!.assumingMemoryBound(to: HTTPHeaders.self)
                    headers.pointee.append(String(cString: name!), value.map { String(cString: $0) } ?? "")
                    return .YES
                }, headers)
        }
        self.headers = headers
        declaredLength = headers["Content-Length"].flatMap { Int64($0) }
        hasBody = headers["Content-Length"] != nil || headers["Transfer-Encoding"] != nil
        refusesEarly = headers["Expect"] != nil || (declaredLength ?? 0) > Int64(ServerExchangeState.discardLimit)
    }
}

extension ServerCore {
    enum Route {
        case answer(HTTPResponse)
        case handle(HTTPRequest)
    }

    /// What the handler is asked, or the answer that it need not be asked for.
    func route(_ head: RequestHead, _ exchange: ServerExchange) -> Route {
        let target: RequestTarget
        do throws(RequestTarget.Malformed) {
            target = try RequestTarget(exchange.rawTarget.utf8)
        } catch {
            return .answer(.refusal(400, "this is not a URL that can be served: \(error.reason)"))
        }
        if head.method == "OPTIONS", head.headers["Access-Control-Request-Method"] != nil {
            return .answer(Self.preflight(head.headers))
        }
        if head.method == "GET", isFeed(target.path) {
            // Feeds have an event loop of their own, which a connection reaches with its first request only.
            return .answer(
                HTTPResponse(status: 307, headers: ["Location": exchange.rawTarget, "Connection": "close"]))
        }
        let isHead = head.method == "HEAD"
        return .handle(
            HTTPRequest(
                method: isHead ? "GET" : head.method, isHead: isHead, path: target.path, query: target.query,
                headers: head.headers, body: HTTPRequestBody(exchange: head.hasBody ? exchange : nil)))
    }
}

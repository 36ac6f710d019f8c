internal import CMicroHTTPD
internal import Glibc

/// The head of a request that libmicrohttpd has read, copied out of the connection.
struct RequestHead {
    let method: String
    /// The client reads chunks.
    let isChunked: Bool
    let headers: HTTPHeaders
    let hasBody: Bool
    let declaredLength: Int64?
    /// The client waits for leave to send its body, or its body is so long that reading it only to discard it would be
    /// worse than closing the connection under it.
    let refusesEarly: Bool
    /// What is wrong with how it frames its body: where that ends would be guessing.
    let fault: HTTPResponse?

    init(of connection: OpaquePointer, method: UnsafePointer<CChar>, version: UnsafePointer<CChar>) {
        self.method = String(cString: method)
        isChunked = strcmp(version, "HTTP/1.0") != 0
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
        fault = Self.fault(of: headers, hasBody: hasBody)
        refusesEarly =
            fault != nil || headers["Expect"] != nil
            || (declaredLength ?? 0) > Int64(ServerExchangeState.discardLimit)
    }

    /// A server before this one may have chosen the other of two lengths, and let a request through that it did not see.
    private static func fault(of headers: HTTPHeaders, hasBody: Bool) -> HTTPResponse? {
        var refusal: HTTPResponse?
        if headers.count(of: "Host") > 1 {
            refusal = .refusal(400, "the request names two hosts")
            refusal?.headers["Connection"] = "close"
        }
        guard refusal == nil, hasBody else { return refusal }
        let coding = headers.list("Transfer-Encoding")
        if headers.lengths.count > 1 {
            refusal = .refusal(400, "the request says two different lengths of itself")
        } else if coding != nil, !headers.lengths.isEmpty {
            refusal = .refusal(400, "the request has both Content-Length and Transfer-Encoding: send one")
        } else if let coding, coding.lowercased() != "chunked" {
            refusal = .refusal(501, "the only transfer coding that is known here is 'chunked'")
        }
        refusal?.headers["Connection"] = "close"
        return refusal
    }
}

extension ServerCore {
    enum Route {
        case answer(HTTPResponse)
        case handle(HTTPRequest)
        case watch(Feed, FeedRequest)
    }

    /// What the handler is asked, or the answer that it need not be asked for.
    func route(_ head: RequestHead, _ exchange: ServerExchange) -> Route {
        if let fault = head.fault { return .answer(fault) }
        let target: RequestTarget
        do throws(RequestTarget.Malformed) {
            target = try RequestTarget(exchange.rawTarget.utf8)
        } catch {
            return .answer(.refusal(400, "this is not a URL that can be served: \(error.reason)"))
        }
        if head.method == "OPTIONS", target.path == "*" {
            return .answer(HTTPResponse(status: 204, headers: ["Allow": "GET, HEAD, POST, PUT, DELETE, OPTIONS"]))
        }
        if head.method == "OPTIONS", head.headers["Access-Control-Request-Method"] != nil {
            return .answer(Self.preflight(head.headers))
        }
        if head.method == "GET", let feed = feeds[target.path] {
            return .watch(feed, FeedRequest(path: target.path, query: target.query, headers: head.headers))
        }
        let isHead = head.method == "HEAD"
        return .handle(
            HTTPRequest(
                method: isHead ? "GET" : head.method, isHead: isHead, path: target.path, depth: target.depth,
                query: target.query, headers: head.headers,
                body: head.hasBody ? exchange.upload : HTTPRequestBody([])))
    }
}

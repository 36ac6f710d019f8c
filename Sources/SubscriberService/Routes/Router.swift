import Arrays
import Catalogue
import HTTP
import Page
import Platform
import Storage

/// Finds who answers a request, and turns every failure into an answer.
struct Router: Sendable {
    let catalogue: CatalogueRoutes
    let reading: ReadRoutes
    let following: FollowRoutes
    let downloads: DownloadRoutes
    let versions: VersionRoutes
    let status: StatusRoutes
    let metrics: MetricsPage
    let tree: TreeRoute
    let held: HeldRoute
    let page = Page()
    let ownPages: OwnPages
    let freshness: Freshness
    let log: Logger

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        var response: HTTPResponse
        do {
            response = try await route(request)
        } catch let refusal as Refusal {
            response = refusal.response
        } catch let failure as FetchFailure {
            response = .refusal(failure.status, failure.message)
        } catch let error as ArrayError {
            response = .refusal(error.status, "\(error)")
        } catch let error as NameError {
            response = .refusal(400, "\(error)")
        } catch let error as HTTPError where error.code == .tooLarge {
            response = .refusal(413, error.message)
        } catch let error as HTTPError where error.code == .busy {
            response = .refusal(503, error.message)
        } catch let error as SystemError where error.isOutOfDescriptors {
            response = .refusal(503, "too many files and connections are open: try again")
        } catch is CancellationError {
            response = .refusal(503, "the subscriber is stopping")
        } catch let error where error is StorageError || error is SystemError {
            // This subscriber's own disk.
            let failure = FetchFailure(disk: error)
            response = .refusal(failure.status, failure.message)
        } catch {
            log.error("a request failed", ["method": request.method, "path": request.path, "error": error])
            response = .refusal(500, "the subscriber could not do this; its log says why")
        }
        if request.isReading { freshness.mark(&response.headers, of: request.path) }
        if response.status == 503, response.headers["Retry-After"] == nil { response.headers["Retry-After"] = "1" }
        response.headers[ProtocolHeader.protocol] = "1"
        response.headers["Bpubsub-Role"] = "subscriber"
        return response
    }

    private func route(_ request: HTTPRequest) async throws -> HTTPResponse {
        let path = request.path
        switch path {
        case "/health": return try status.health(request)
        case "/ready": return try status.ready(request)
        case "/api/status": return try status.status(request)
        case "/metrics":
            try request.require("GET")
            return await metrics.answer()
        case "/api/list": return try await catalogue.list(request)
        case "/api/datasets": return try await catalogue.datasets(request)
        case "/api/publishers": return try catalogue.publishers(request)
        // To be read, they are feeds: that never comes here.
        case "/api/events", "/api/changes":
            try request.require("GET")
            throw Refusal(503, "the feed is not there: the subscriber is stopping")
        case "/api/follow": return try await following.follow(ownPages.checked(request))
        case "/api/forget": return try await following.forget(ownPages.checked(request))
        case "/api/unfollow": return try await following.unfollow(ownPages.checked(request))
        case "/api/followed": return try await following.followed(request)
        case "/api/tree": return try await tree.groups(request)
        case "/api/info": return try await following.info(request)
        case "/api/download": return try await downloads.start(ownPages.checked(request))
        default: break
        }
        if let rest = path.suffix(after: "/api/download/") { return try await downloads.bytes(request, of: rest) }
        if let rest = path.suffix(after: "/api/datasets/") { return try await catalogue.dataset(request, rest) }
        if let rest = path.suffix(after: "/api/publishers/") { return try catalogue.publisher(request, rest) }
        if let rest = path.suffix(after: "/api/tree/") { return try await tree.folder(request, rest) }
        if let rest = path.suffix(after: "/api/held/") { return try await held.answer(request, of: rest) }
        if let rest = path.suffix(after: "/versions/") { return try await versions.answer(request, rest) }
        if let answer = try await reading.answer(ownPages.readable(request)) { return answer }
        if let answer = page.answer(request) ?? page.nothing(request) { return answer }
        throw Refusal(404, "there is nothing at \(path); the API begins at /api/list")
    }
}

extension String {
    /// What follows `prefix`, compared by bytes; `nil` when it does not start so.
    func suffix(after prefix: String) -> String? {
        guard utf8.starts(with: prefix.utf8) else { return nil }
        return String(decoding: utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }
}

extension HTTPRequest {
    /// Whether it asks what exists, or what it is: what the answer says may be old.
    fileprivate var isReading: Bool {
        (method == "GET" || method == "HEAD") && path.utf8.starts(with: "/api/".utf8) && path != "/api/status"
            && path != "/api/followed"
    }

    /// Refuses other methods than these; HEAD goes with GET.
    func require(_ methods: String...) throws(Refusal) {
        let allowed = methods.contains("GET") ? methods + ["HEAD"] : methods
        if !allowed.contains(method) {
            throw Refusal(
                405, "\(path) takes \(allowed.joined(separator: " and ")), not \(method)",
                headers: ["Allow": allowed.joined(separator: ", ")])
        }
    }

    /// The most names in one request, and the most that are globs: each of those is compared with every dataset.
    static let nameLimit = 10_000
    static let globLimit = 100

    /// The names of datasets, groups and globs that are the body.
    ///
    /// - Parameter pool: where a long list is read.
    func names(on pool: BlockingPool) async throws -> [String] {
        let body = try await body.collect(upTo: JSONLimits.names.bytes)
        return try await Self.isLong(body) ? pool.run { try names(in: body) } : names(in: body)
    }

    /// Whether it takes long enough to read it that others should not wait for that.
    static func isLong(_ body: [UInt8]) -> Bool { body.count > 64 << 10 }

    private func names(in body: [UInt8]) throws -> [String] {
        let names = try json([String].self, in: body, .names)
        let globs = names.count { (try? PathPattern($0))?.isGlob == true }
        guard names.count <= Self.nameLimit, globs <= Self.globLimit else {
            throw Refusal(
                413, "at most \(Self.nameLimit) names at a time, \(Self.globLimit) of them globs: name whole groups")
        }
        return names
    }

    private func json<T: Decodable>(_ type: T.Type, in body: [UInt8], _ limits: JSONLimits) throws -> T {
        do {
            return try WireJSON.decode(type, from: body, limits)
        } catch let excess as JSONExcess {
            throw Refusal(413, "the body is more than \(path) takes: \(excess)")
        } catch {
            throw Refusal(422, "the body is not what \(path) takes: \(WireJSON.describe(error))")
        }
    }
}

extension HTTPResponse {
    static func json(_ values: NamedValues<some Encodable>) -> HTTPResponse {
        HTTPResponse(headers: ["Content-Type": "application/json"], body: .bytes(SharedBytes(values.encoded)))
    }

    static func json(_ value: some Encodable, status: Int = 200) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: ["Content-Type": "application/json"],
            body: .bytes(SharedBytes(WireJSON.encode(value))))
    }

    /// Compressed when the client takes it and it is worth the while.
    static func large(
        _ bytes: [UInt8], type: String, _ request: HTTPRequest, headers: HTTPHeaders = [:]
    ) -> HTTPResponse {
        var headers = headers
        headers["Content-Type"] = type
        guard bytes.count > 4096, request.acceptsGzip else {
            return HTTPResponse(headers: headers, body: .bytes(SharedBytes(bytes)))
        }
        headers["Content-Encoding"] = "gzip"
        return HTTPResponse(headers: headers, body: .bytes(Gzip.compress(bytes)))
    }
}

extension ArrayError {
    /// The status of an answer that fails so.
    fileprivate var status: Int {
        switch code {
        case .invalidRequest, .tooLarge: 400
        case .unsupported: 501
        // The bytes are what was published: it is the source that is damaged.
        case .corrupt, .otherFormat: 502
        case .inputOutput: 500
        }
    }
}

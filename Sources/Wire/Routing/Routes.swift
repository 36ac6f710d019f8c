import Catalogue
package import HTTP
package import Platform

/// All paths of a service: finds who answers a request, and turns every failure into an answer.
package struct Routes: Sendable {
    /// As in `a broker`.
    private let service: String
    private let fixed: [ExactText: Route]
    /// Looked through in this order: what is asked for most comes first.
    private let named: [Route]
    private let shown: [String]
    private let pages: OriginRule
    private let log: Logger
    private let otherwise: @Sendable (HTTPRequest) -> Result<HTTPResponse, Refusal>?
    private let explain: @Sendable (any Error) -> Refusal?

    /// - Parameters:
    ///   - service: as in `a broker`.
    ///   - pages: whose pages may change something.
    ///   - otherwise: what is asked when there is no such path or method, before that is refused.
    ///   - explain: what an error that only this service has looks like from outside; `nil` for one that has no business
    ///     there, and is logged.
    package init(
        of service: String, _ routes: [Route], pages: OriginRule = .nobody, log: Logger,
        otherwise: @escaping @Sendable (HTTPRequest) -> Result<HTTPResponse, Refusal>? = { _ in nil },
        explain: @escaping @Sendable (any Error) -> Refusal? = { _ in nil }
    ) {
        self.service = service
        fixed = Dictionary(
            uniqueKeysWithValues: routes.filter { $0.path.placeholder == nil }.map { (ExactText($0.path.fixed), $0) })
        named = routes.filter { $0.path.placeholder != nil }
        shown = routes.map(\.path.description)
        self.pages = pages
        self.log = log
        self.otherwise = otherwise
        self.explain = explain
    }

    package func answer(_ request: HTTPRequest) async -> HTTPResponse {
        var response: HTTPResponse
        do {
            response = try await route(request)
        } catch {
            response = refusal(error, request).response
        }
        if response.status == 503, response.headers["Retry-After"] == nil { response.headers["Retry-After"] = "1" }
        return response
    }

    private func route(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard let (route, name) = find(request.path) else {
            if let other = otherwise(request) { return try other.get() }
            throw nothing(at: request.path)
        }
        guard let method = route.methods.first(where: { $0.name == request.method }) else {
            if let other = otherwise(request) { return try other.get() }
            throw route.refusal(request)
        }
        try pages.check(request, method.effect)
        return try await method.handler(request, name)
    }

    private func find(_ path: String) -> (route: Route, name: String)? {
        if let route = fixed[ExactText(path)] { return (route, "") }
        for route in named {
            if let name = path.suffix(after: route.path.fixed) { return (route, name) }
        }
        return nil
    }

    private func nothing(at path: String) -> Refusal {
        let all = shown.dropLast().joined(separator: ", ") + (shown.last.map { " and \($0)" } ?? "")
        return Refusal(404, "there is nothing at '\(path.prefix(200))': \(service) has \(all)")
    }

    private func refusal(_ error: any Error, _ request: HTTPRequest) -> Refusal {
        if let refusal = Refusal(error, service: service) ?? explain(error) { return refusal }
        log.error("a request failed", ["method": request.method, "path": request.path, "error": error])
        return Refusal(500, "\(service) could not do this; its log says why")
    }
}

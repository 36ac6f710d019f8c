package import HTTP

/// A path of a service, and who answers which method there.
package struct Route: Sendable {
    /// - Parameter name: what the path has in the place of its name, "" where there is none; not yet checked for anything.
    package typealias Handler = @Sendable (_ request: HTTPRequest, _ name: String) async throws -> HTTPResponse

    /// What a request may do: from it follows whose pages may have a browser send it.
    package enum Effect: Hashable, Sendable {
        case reads
        /// It reads, with a body that says what.
        case asks
        case changes
    }

    package struct Method: Sendable {
        let name: String
        let effect: Effect
        let handler: Handler

        /// HEAD comes with it.
        package static func get(_ handler: @escaping Handler) -> Method {
            Method(name: "GET", effect: .reads, handler: handler)
        }

        /// A feed, which does not come here to be read: whoever does finds it closed.
        package static let feed = get { _, _ in throw Refusal(503, "the feed is not there: the service is stopping") }

        /// POST with a question.
        package static func question(_ handler: @escaping Handler) -> Method {
            Method(name: "POST", effect: .asks, handler: handler)
        }

        package static func post(_ handler: @escaping Handler) -> Method {
            Method(name: "POST", effect: .changes, handler: handler)
        }

        package static func put(_ handler: @escaping Handler) -> Method {
            Method(name: "PUT", effect: .changes, handler: handler)
        }

        package static func delete(_ handler: @escaping Handler) -> Method {
            Method(name: "DELETE", effect: .changes, handler: handler)
        }
    }

    let path: RoutePath
    let methods: [Method]
    /// Said to whoever tries a method that is not there.
    let hint: String

    /// - Parameter hint: why other methods are not there, where that is not plain.
    package init(_ path: RoutePath, _ methods: Method..., hint: String = "") { self.init(path, methods, hint: hint) }

    package init(_ path: RoutePath, _ methods: [Method], hint: String = "") {
        self.path = path
        self.methods = methods
        self.hint = hint
    }

    /// The refusal for a method that is not there.
    func refusal(_ request: HTTPRequest) -> Refusal {
        let allowed = methods.flatMap { $0.name == "GET" ? ["GET", "HEAD"] : [$0.name] }
        let last = allowed.count > 1 ? " and \(allowed[allowed.count - 1])" : ""
        let text = (last.isEmpty ? allowed : allowed.dropLast()).joined(separator: ", ") + last
        return Refusal(
            405, "\(request.path.prefix(200)) takes \(text), not \(request.method)\(hint.isEmpty ? "" : ": \(hint)")",
            headers: ["Allow": allowed.joined(separator: ", ")])
    }
}

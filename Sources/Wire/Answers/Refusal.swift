package import Catalogue
package import HTTP
import Platform

/// A request that is not done: why, and what would be right. All services say so in this form, and who asks reads it.
package struct Refusal: Error, Sendable {
    /// What is wrong with one of several names.
    package struct NameProblem: Codable, Hashable, Sendable {
        package var reason: String
        package var suggestions: [String]?

        package init(reason: String, suggestions: [String]?) {
            self.reason = reason
            self.suggestions = suggestions
        }
    }

    /// What the body says besides the detail.
    private enum Form: Sendable {
        case detail
        case names(NamedValues<NameProblem>)
        /// In the form that clients of Caterva2 know.
        case parameter(kind: String, place: [String])
    }

    package let status: Int
    package let detail: String
    private let form: Form
    package var headers: HTTPHeaders

    package init(_ status: Int, _ detail: String, headers: HTTPHeaders = [:]) {
        self.init(status, detail, .detail, headers)
    }

    private init(_ status: Int, _ detail: String, _ form: Form, _ headers: HTTPHeaders = [:]) {
        self.status = status
        self.detail = detail
        self.form = form
        self.headers = headers
    }

    /// What is wrong with each of some names.
    package static func names(_ problems: NamedValues<NameProblem>) -> Refusal {
        let detail = problems.members.map { name, problem in
            let near = problem.suggestions ?? []
            return
                "'\(name)': \(problem.reason)\(near.isEmpty ? "" : "; did you mean \(near.joined(separator: ", "))?")"
        }
        return Refusal(404, detail.joined(separator: "\n"), .names(problems))
    }

    /// What is wrong with a parameter.
    package static func invalid(_ kind: String, at place: [String], _ message: String) -> Refusal {
        Refusal(422, message, .parameter(kind: kind, place: place))
    }

    /// A version that cannot be had any more.
    package static func gone(_ version: some CustomStringConvertible) -> Refusal {
        Refusal(410, "version \(version) is not here any more; the catalogue says which is current")
    }

    /// What is wrong with each name; `nil` when it is not about names.
    package var problems: NamedValues<NameProblem>? { if case .names(let problems) = form { problems } else { nil } }

    package var response: HTTPResponse {
        var response = HTTPResponse.json(status: status, body)
        for field in headers.fields { response.headers[field.name] = field.value }
        return response
    }

    private var body: String {
        switch form {
        case .detail: return "{\"detail\":\(JSONString.quoted(detail))}"
        case .names(let problems):
            let quoted = String(decoding: WireJSON.encode(detail), as: UTF8.self)
            return "{\"detail\":\(quoted),\"errors\":\(String(decoding: problems.encoded, as: UTF8.self))}"
        case .parameter(let kind, let place):
            let place = place.map(JSONString.quoted).joined(separator: ",")
            let kind = JSONString.quoted(kind), message = JSONString.quoted(detail)
            return "{\"detail\":[{\"type\":\(kind),\"loc\":[\(place)],\"msg\":\(message)}]}"
        }
    }
}

// MARK: - Reading

extension Refusal {
    private struct Text: Decodable {
        struct Entry: Decodable { let msg: String }

        let detail: String?

        private enum Key: CodingKey { case detail }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            do {
                detail = try container.decodeIfPresent(String.self, forKey: .detail)
            } catch {
                detail = try container.decode([Entry].self, forKey: .detail).map(\.msg).joined(separator: "\n")
            }
        }
    }

    /// Reads the body of an answer with an error; `nil` when it is none of ours.
    package init?(status: Int, body: [UInt8]) {
        guard let text = try? WireJSON.decode(Text.self, from: body, .message),
            let problems = try? NamedValues<NameProblem>.member("errors", of: body).map({ Form.names($0) }) ?? .detail
        else { return nil }
        if case .detail = problems, text.detail == nil { return nil }
        self.init(status, text.detail ?? "status \(status)", problems)
    }
}

// MARK: - Errors

extension Refusal {
    /// What an error that any service may meet looks like from outside; `nil` for one that only the service knows.
    ///
    /// - Parameter service: as in `a broker`.
    package init?(_ error: any Error, service: String) {
        switch error {
        case let refusal as Refusal: self = refusal
        case let error as NameError: self.init(400, "\(error)")
        case let error as HTTPError where error.code == .tooLarge: self.init(413, error.message)
        case let error as HTTPError where error.code == .busy: self.init(503, error.message)
        case let error as HTTPError where error.code == .peerClosed:
            self.init(400, "the request's body ended too early")
        case let error as SystemError where error.isOutOfDescriptors:
            self.init(503, "too many files and connections are open: try again")
        case is CancellationError: self.init(503, "\(service) is stopping: try again later")
        default: return nil
        }
    }
}

extension FeedRefusal {
    /// The same, of a feed.
    package init(_ refusal: Refusal) { self.init(refusal.status, refusal.detail) }
}

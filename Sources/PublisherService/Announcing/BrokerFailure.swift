internal import Catalogue
internal import HTTP

/// Why the broker did not do what it was asked.
enum BrokerFailure: Error, CustomStringConvertible {
    /// Another publisher has the group; the broker's words.
    case held(String)
    /// The lease has run out, or the broker has another log: claim again.
    case leaseLost(String)
    /// It finds fault with what was sent.
    case refused(Int, String)
    case unreachable(HTTPError)
    /// An answer that is not what it should be.
    case confused(String)

    init(_ response: HTTPClient.Response) {
        let detail = Self.detail(response)
        switch response.status {
        case 403: self = .leaseLost(detail)
        case 409: self = .held(detail)
        case 400, 413, 422: self = .refused(response.status, detail)
        default: self = .confused("\(response.head): \(detail)")
        }
    }

    private static func detail(_ response: HTTPClient.Response) -> String {
        struct Body: Decodable { let detail: String }
        // Anything else is shown as it is.
        let body = try? WireJSON.decode(Body.self, from: response.body, .message)
        return body?.detail ?? String(response.text.prefix(200))
    }

    var description: String {
        switch self {
        case .held(let detail), .leaseLost(let detail), .confused(let detail): detail
        case .refused(_, let detail): detail
        case .unreachable(let error): error.message
        }
    }
}

internal import HTTP
internal import Wire

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
        // Anything else is shown as it is.
        let refusal = Refusal(status: response.status, body: response.body)
        let detail = refusal?.detail ?? String(response.text.prefix(200))
        switch response.status {
        case 403: self = .leaseLost(detail)
        case 409: self = .held(detail)
        case 400, 413, 422: self = .refused(response.status, detail)
        default: self = .confused("\(response.head): \(detail)")
        }
    }

    var description: String {
        switch self {
        case .held(let detail), .leaseLost(let detail), .confused(let detail): detail
        case .refused(_, let detail): detail
        case .unreachable(let error): error.message
        }
    }
}

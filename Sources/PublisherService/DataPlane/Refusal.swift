internal import HTTP

/// A request that is not done: why, and what would be right.
struct Refusal: Error {
    let status: Int
    let detail: String
    var headers: HTTPHeaders = [:]

    init(_ status: Int, _ detail: String, headers: HTTPHeaders = [:]) {
        self.status = status
        self.detail = detail
        self.headers = headers
    }

    static func gone(_ version: some CustomStringConvertible) -> Refusal {
        Refusal(410, "version \(version) is not here any more; the catalogue says which is current")
    }

    var response: HTTPResponse {
        var response = HTTPResponse.refusal(status, detail)
        for field in headers.fields { response.headers[field.name] = field.value }
        return response
    }
}

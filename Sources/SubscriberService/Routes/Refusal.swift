import HTTP

/// A request that is answered with an error: what was wrong and what would be right.
struct Refusal: Error {
    let status: Int
    let detail: String
    /// A complete JSON body, where there is more to say than the detail.
    var json: String?
    var headers: HTTPHeaders

    init(_ status: Int, _ detail: String, json: String? = nil, headers: HTTPHeaders = [:]) {
        self.status = status
        self.detail = detail
        self.json = json
        self.headers = headers
    }

    var response: HTTPResponse {
        var response = json.map { HTTPResponse.json(status: status, $0) } ?? HTTPResponse.refusal(status, detail)
        for field in headers.fields { response.headers[field.name] = field.value }
        return response
    }
}

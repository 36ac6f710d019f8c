internal import Glibc
internal import Platform

/// What a feed's loop says at the start of a response.
enum FeedResponse {
    /// A proxy shall pass each entry on as it comes: neither keep it nor wait until it can be compressed with others.
    static let fields: HTTPHeaders = ["Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"]

    /// The head of a stream, and what comes first in it.
    static func stream(_ subscription: FeedSubscription, _ headers: HTTPHeaders, isChunked: Bool) -> SharedBytes {
        let fields = fields.fields.map { "\($0.name): \($0.value)" } + (isChunked ? ["Transfer-Encoding: chunked"] : [])
        let head = head(200, contentType: subscription.contentType, headers, fields)
        let greeting = subscription.greeting ?? SharedBytes("")
        return isChunked
            ? HTTPChunk(greeting, following: head).bytes : SharedBytes(Array(head.utf8) + greeting.array)
    }

    /// A whole response that refuses.
    static func refusal(_ refusal: FeedRefusal, _ headers: HTTPHeaders) -> SharedBytes {
        let body = "{\"detail\":\(JSONString.quoted(refusal.detail))}"
        var fields = ["Content-Length: \(body.utf8.count)"]
        if refusal.status == 405 { fields.append("Allow: GET") }
        if refusal.status == 503 { fields.append("Retry-After: 1") }
        return SharedBytes(head(refusal.status, contentType: "application/json", headers, fields) + body)
    }

    private static func head(
        _ status: Int, contentType: String, _ headers: HTTPHeaders, _ fields: [String]
    ) -> String {
        let status = 200...599 ~= status ? status : 500
        // A source's content type must not be able to add fields.
        let type = String(contentType.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 })
        let common = [
            "Date: \(date())", "Content-Type: \(type)", "Connection: close", "Vary: Origin",
            "Access-Control-Allow-Origin: *", "Access-Control-Expose-Headers: *",
        ]
        let lines =
            ["HTTP/1.1 \(status) \(StatusPhrase.of(status))"] + common
            + headers.fields.map { "\($0.name): \($0.value)" } + fields
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }

    private static func date() -> String {
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            // The program does not set a locale, so the names are English; and a buffer of 64 has an address.
            let count = strftime(buffer.baseAddress!, buffer.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
            return String(decoding: UnsafeRawBufferPointer(buffer).prefix(count), as: UTF8.self)
        }
    }
}

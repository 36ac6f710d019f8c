internal import CCurl

/// A URL that has been looked at by libcurl's own parser.
struct RequestURL {
    let text: String
    /// Whether it leads to this machine.
    let isLoopback: Bool

    init(_ text: String) throws(HTTPError) {
        func bad(_ reason: String) -> HTTPError {
            HTTPError(.badURL, "\(JSONText.quoted(text)) cannot be asked for: \(reason)")
        }
        guard !text.utf8.contains(0) else { throw bad("it contains a zero byte") }
        guard let parts = curl_url() else { throw HTTPError(.outOfMemory, "no memory for a URL") }
        defer { curl_url_cleanup(parts) }
        let code = curl_url_set(parts, CURLUPART_URL, text, 0)
        guard code == CURLUE_OK else { throw bad("\(String(cString: curl_url_strerror(code)))") }
        let scheme = Self.part(CURLUPART_SCHEME, of: parts)
        guard scheme == "http" || scheme == "https" else { throw bad("it begins neither with http:// nor https://") }
        guard let host = Self.part(CURLUPART_HOST, of: parts) else { throw bad("it names no host") }
        self.text = text
        isLoopback = Self.isLoopback(host.lowercased())
    }

    private static func part(_ part: CURLUPart, of parts: OpaquePointer) -> String? {
        var value: UnsafeMutablePointer<CChar>?
        guard curl_url_get(parts, part, &value, 0) == CURLUE_OK, let value else { return nil }
        defer { curl_free(value) }
        return String(cString: value)
    }

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }
}

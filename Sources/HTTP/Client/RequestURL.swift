internal import CCurl
internal import Platform

/// A URL that has been looked at by libcurl's own parser.
struct RequestURL {
    let text: String
    /// Whether it leads to this machine.
    let isLoopback: Bool
    let origin: Origin
    /// What it contains itself.
    let login: Login?
    /// What the environment has requests go through.
    let proxy: EnvironmentProxy?
    /// A name and a password go with the request.
    var isSentLogin = false

    init(_ text: String) throws(HTTPError) {
        func bad(_ reason: String) -> HTTPError {
            HTTPError(.badURL, "\(JSONString.quoted(text)) cannot be asked for: \(reason)")
        }
        guard !text.utf8.contains(0) else { throw bad("it contains a zero byte") }
        guard let parts = curl_url() else { throw HTTPError(.outOfMemory, "no memory for a URL") }
        defer { curl_url_cleanup(parts) }
        let code = curl_url_set(parts, CURLUPART_URL, text, 0)
        guard code == CURLUE_OK else { throw bad("\(String(cString: curl_url_strerror(code)))") }
        let scheme = Self.part(CURLUPART_SCHEME, of: parts)
        guard scheme == "http" || scheme == "https" else { throw bad("it begins neither with http:// nor https://") }
        guard let host = Self.part(CURLUPART_HOST, of: parts) else { throw bad("it names no host") }
        let port = Self.part(CURLUPART_PORT, of: parts, UInt32(CURLU_DEFAULT_PORT)).flatMap { Int($0) } ?? 0
        let origin = Origin(scheme: scheme ?? "", host: host.lowercased(), port: port)
        self.text = text
        self.origin = origin
        login = Self.part(CURLUPART_USER, of: parts, UInt32(CURLU_URLDECODE)).map { name in
            let password = Self.part(CURLUPART_PASSWORD, of: parts, UInt32(CURLU_URLDECODE))
            return Login(origin: origin, name: name, password: password ?? "")
        }
        isLoopback = Self.isLoopback(origin.host)
        proxy = isLoopback ? nil : EnvironmentProxy(for: origin)
    }

    /// Where a `Location` field of an answer leads; `nil` when that is no URL of a web server.
    func resolving(_ location: String) -> RequestURL? {
        guard !location.utf8.contains(0), let parts = curl_url() else { return nil }
        defer { curl_url_cleanup(parts) }
        guard curl_url_set(parts, CURLUPART_URL, text, 0) == CURLUE_OK,
            curl_url_set(parts, CURLUPART_URL, location, UInt32(CURLU_URLENCODE)) == CURLUE_OK
        else { return nil }
        // A name and a password are the user's to choose, not the server's.
        for part in [CURLUPART_FRAGMENT, CURLUPART_USER, CURLUPART_PASSWORD] { curl_url_set(parts, part, nil, 0) }
        return Self.part(CURLUPART_URL, of: parts).flatMap { try? RequestURL($0) }
    }

    private static func part(_ part: CURLUPart, of parts: OpaquePointer, _ flags: UInt32 = 0) -> String? {
        var value: UnsafeMutablePointer<CChar>?
        guard curl_url_get(parts, part, &value, flags) == CURLUE_OK, let value else { return nil }
        defer { curl_free(value) }
        return String(cString: value)
    }

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }
}

extension RequestURL {
    /// Refuses what could not be sent as it is: a method or a field that would end its line early, and bad URLs.
    init(checking request: HTTPClient.Request) throws(HTTPError) {
        guard !request.method.isEmpty, request.method.utf8.allSatisfy({ (65...90).contains($0) }) else {
            throw HTTPError(.badRequest, "\(JSONString.quoted(request.method)) is no HTTP method")
        }
        for field in request.headers.fields {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(Self.isNameByte),
                !field.value.utf8.contains(where: Self.isControl)
            else {
                throw HTTPError(
                    .badRequest,
                    "\(request.name): the header field \(JSONString.quoted(field.name)) has a character that is not allowed there"
                )
            }
        }
        try self.init(request.url)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private static func isControl(_ byte: UInt8) -> Bool { byte < 32 && byte != 9 || byte == 127 }
}

internal import CCurl

extension HTTPError {
    /// The one place where libcurl's results become ours.
    ///
    /// - Parameter reason: libcurl's text about this very failure; may be empty.
    init(
        _ code: CURLcode, reason: String, of request: HTTPClient.Request, _ configuration: HTTPClient.Configuration,
        _ proxy: EnvironmentProxy?
    ) {
        let text = reason.isEmpty ? String(cString: curl_easy_strerror(code)) : reason
        let (kind, addition) = Self.kind(of: code, text, configuration)
        let through = proxy.map { "; it was asked through the proxy \($0)" } ?? ""
        self.init(kind, "\(request.name): \(text)\(addition)\(through)")
    }

    private static func kind(
        of code: CURLcode, _ text: String, _ configuration: HTTPClient.Configuration
    ) -> (Code, String) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT: (.cannotConnect, "")
        // The other limits are our own.
        case CURLE_OPERATION_TIMEDOUT: (.cannotConnect, " (limit \(configuration.connectTimeout))")
        case CURLE_RECV_ERROR where text.contains("chunk"): (.badResponse, "")
        case CURLE_RECV_ERROR where text.contains("Too large"): (.tooLarge, "")
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
            (.peerClosed, " (the server closed the connection too early)")
        case CURLE_URL_MALFORMAT: (.badURL, "")
        case CURLE_UNSUPPORTED_PROTOCOL where text.contains("HTTP/0.9"):
            (.badResponse, " (the answer is not HTTP; is the port right?)")
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_WRITE_ERROR,
            CURLE_BAD_CONTENT_ENCODING, CURLE_HTTP2:
            (.badResponse, "")
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_USE_SSL_FAILED:
            (.cannotConnect, "")
        // Memory that is really used up ends a Swift program; this is how libcurl calls its own limit.
        case CURLE_OUT_OF_MEMORY: (.tooLarge, " (or a header line of the answer is longer than 100 KiB)")
        default: (.system, "")
        }
    }
}

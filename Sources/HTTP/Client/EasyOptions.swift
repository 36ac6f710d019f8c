internal import CCurl
internal import Glibc
internal import Platform

/// Puts a request into a libcurl handle. Failures (only memory can fail) are collected, and looked at once.
struct EasyOptions: ~Copyable {
    private let easy: UnsafeMutableRawPointer
    private var fault = CURLE_OK
    /// Must live as long as the transfer.
    private var fields: UnsafeMutablePointer<curl_slist>?

    init(_ easy: UnsafeMutableRawPointer) {
        self.easy = easy
        curl_easy_reset(easy)
    }

    deinit { curl_slist_free_all(fields) }

    /// Whether everything was taken.
    var isValid: Bool { fault == CURLE_OK }

    mutating func set(_ option: CURLoption, _ value: Int) { note(ccurl_set_long(easy, option, value)) }
    mutating func set(_ option: CURLoption, _ value: String) { note(ccurl_set_text(easy, option, value)) }
    mutating func set(_ option: CURLoption, pointer: UnsafeRawPointer?) {
        note(ccurl_set_pointer(easy, option, pointer))
    }

    /// The callbacks borrow `exchange`: the caller keeps it until the handle is out of use.
    mutating func setCallbacks(_ exchange: Exchange) {
        let context = Unmanaged.passUnretained(exchange).toOpaque()
        note(ccurl_set_callbacks(easy, takeHeader, takeBody, context))
    }

    mutating func setConnection(_ configuration: HTTPClient.Configuration, url: RequestURL, isFresh: Bool) {
        set(CURLOPT_URL, url.text)
        note(ccurl_set_allow(easy, mayKeep))
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_NOSIGNAL, 1)
        // An abandoned name lookup ends on its own thread instead of holding ours.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_TCP_NODELAY, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, max(configuration.connectTimeout.wholeMilliseconds, 1))
        set(CURLOPT_USERAGENT, configuration.userAgent)
        // libcurl repeats any request that finds its old connection closed; one that must not be repeated gets a new
        // connection instead.
        set(CURLOPT_FRESH_CONNECT, isFresh ? 1 : 0)
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        // Proxies of the environment are for the world outside.
        if url.isLoopback { set(CURLOPT_NOPROXY, "*") }
        if let login = configuration.login, url.isSentLogin {
            set(CURLOPT_HTTPAUTH, Int(ccurl_basic_authentication))
            set(CURLOPT_USERNAME, login.name)
            set(CURLOPT_PASSWORD, login.password)
        }
    }

    mutating func setMessage(_ request: HTTPClient.Request) {
        switch request.method {
        case "GET" where request.body == nil: set(CURLOPT_HTTPGET, 1)
        case "HEAD": set(CURLOPT_NOBODY, 1)
        case "POST": set(CURLOPT_POST, 1)
        default: set(CURLOPT_CUSTOMREQUEST, request.method)
        }
        if request.body != nil || request.method == "POST" {
            // The transfer holds the body, so the address stays.
            note(ccurl_set_large(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body?.count ?? 0)))
            set(CURLOPT_POSTFIELDS, pointer: request.body?.pointer.baseAddress ?? UnsafeRawPointer(emptyBody))
        }
        if request.acceptsCompression { set(CURLOPT_ACCEPT_ENCODING, "gzip") }
        setFields(request.headers)
    }

    private mutating func setFields(_ headers: HTTPHeaders) {
        for field in headers.fields {
            // An empty value is written with a semicolon; with a colon libcurl would drop its own field of the name.
            append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        // Neither a pause before the upload nor a type that nobody chose.
        append("Expect:")
        if headers["Content-Type"] == nil { append("Content-Type:") }
        set(CURLOPT_HTTPHEADER, pointer: fields)
    }

    private mutating func append(_ line: String) {
        guard let longer = curl_slist_append(fields, line) else { return note(CURLE_OUT_OF_MEMORY) }
        fields = longer
    }

    private mutating func note(_ code: CURLcode) { if fault == CURLE_OK { fault = code } }
}

/// The last descriptors are for those who cannot do without.
private let mayKeep: ccurl_allow_callback = { DescriptorPlan.isOfTheLast($0) ? 0 : 1 }

/// A null pointer would make libcurl read the body from a callback.
// Safe to share: never written.
private nonisolated(unsafe) let emptyBody = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)

// Called on the transfer's thread, from within `curl_multi_perform`. The bytes are valid during the call.
private let takeHeader: ccurl_bytes_callback = { bytes, size, count, context in
    let exchange = Unmanaged<Exchange>.fromOpaque(context!)
    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return exchange._withUnsafeGuaranteedRef { $0.takeHeader(line) } ? line.count : stop
}

private let takeBody: ccurl_bytes_callback = { bytes, size, count, context in
    let exchange = Unmanaged<Exchange>.fromOpaque(context!)
    let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return exchange._withUnsafeGuaranteedRef { $0.takeBody(piece) } ? piece.count : stop
}

/// A count that differs from the one given ends the transfer; zero would not for an empty piece.
private let stop = Int.max

extension Duration {
    /// Rounded down, and in the range that libcurl takes.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(min(max(seconds, 0), 1_000_000)) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}

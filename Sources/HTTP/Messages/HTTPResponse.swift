public import Platform

/// The answer that a handler gives.
public struct HTTPResponse: Sendable {
    /// Where the bytes come from; each case is another way out of the process.
    public enum Body: Sendable {
        case none
        /// One block of memory, sent without a copy.
        case bytes(SharedBytes)
        /// Several blocks, sent in one `writev` without a copy.
        case segments([SharedBytes])
        /// A range of a file, read as it is sent. When the file turns out to be shorter, the connection is cut.
        case file(FileDescriptor, offset: Int64, length: Int64)
        /// A range of a file that nobody makes shorter: sent by the kernel from its page cache, at half the cost. When the
        /// file is too short already, the connection is cut; when it becomes so meanwhile, it is the idle timeout that ends
        /// the answer.
        case fixedFile(FileDescriptor, offset: Int64, length: Int64)
        /// Bytes made on the way, `length` of them, or as many as come (chunked encoding). An error that the closure
        /// throws cuts the connection, so that no client takes a part for the whole.
        case stream(length: Int64?, @Sendable (HTTPBodyWriter) async throws -> Void)
    }

    public var status: Int
    public var headers: HTTPHeaders
    public var body: Body
    /// What the body holds of a budget; others may be sending the same. Without one the server makes its own.
    public var claim: ByteBudget.Claim?
    /// Bytes that who writes a stream has in memory at a time, where that is more than the stream's own.
    public var streamed = 0

    public init(status: Int = 200, headers: HTTPHeaders = [:], body: Body = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

extension HTTPResponse {
    /// `{"detail": "…"}` with a status: how every refusal looks.
    public static func refusal(_ status: Int, _ detail: String) -> HTTPResponse {
        json(status: status, "{\"detail\":\(JSONString.quoted(detail))}")
    }

    /// A body that is JSON already.
    public static func json(status: Int = 200, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: ["Content-Type": "application/json"], body: .bytes(SharedBytes(text)))
    }
}

extension HTTPResponse.Body {
    /// Bytes of memory that it takes until it is sent.
    var memory: Int {
        switch self {
        case .none, .fixedFile: 0
        case .bytes(let bytes): bytes.count
        case .segments(let segments): segments.saturatingSum { $0.count }
        // What is read of it at a time.
        case .file(_, _, let length): min(Int(clamping: length), 128 << 10)
        // The send buffer and what waits for it, or is read meanwhile.
        case .stream(let length, _): Int(min(length ?? .max, 512 << 10))
        }
    }
}

extension HTTPResponse {
    /// The answer to a `GET` or `HEAD` for a body of known length and identity, whole or in the ranges that the request
    /// asks for: 200, 206 (also `multipart/byteranges`), 304, 412 or 416.
    ///
    /// The first piece is read before this returns, so an error that it meets can still become a proper status. One that
    /// comes later cuts the connection.
    ///
    /// - Parameters:
    ///   - length: Of the whole body.
    ///   - etag: A strong one: the bytes are the same wherever it is the same.
    ///   - headers: For every answer that is not a refusal. `Last-Modified` is what `If-Modified-Since` is compared with.
    ///   - file: Has the whole body, from its first byte, and nobody makes it shorter: then all but multipart answers are
    ///     sent from there without `body`.
    ///   - awaitBytes: For a file that is still being filled: returns when it has these bytes. Without it the file is
    ///     taken to have them all.
    ///   - body: Reads a range of up to 1 MiB; it may return the beginning of it only, but not nothing.
    public static func ranged(
        request: HTTPRequest, length: Int64, etag: EntityTag, contentType: String, headers: HTTPHeaders = [:],
        file: FileDescriptor? = nil, awaitBytes: (@Sendable (Range<Int64>) async throws -> Void)? = nil,
        body: @escaping @Sendable (Range<Int64>) async throws -> SharedBytes
    ) async throws -> HTTPResponse {
        if let header = request.headers.list("If-Match"), !etag.matches(header) {
            return .refusal(412, "this is not the version that the field If-Match asks for; it is \(etag)")
        }
        var response = HTTPResponse(headers: headers)
        response.headers["ETag"] = etag.description
        response.headers["Accept-Ranges"] = "bytes"
        if isUnchanged(for: request, etag, headers["Last-Modified"]) {
            response.status = 304
            return response
        }
        response.headers["Content-Type"] = contentType
        let source = RangedBody(file: file, awaitBytes: awaitBytes, read: body)
        switch ranges(of: request, length, etag) {
        case .whole: response.body = try await source.single(0..<length, isHead: request.isHead)
        case .unsatisfiable: return unsatisfiable(length, "none of the ranges is within the \(length) bytes")
        case .tooMany:
            return unsatisfiable(length, "these are more than \(ByteRanges.limit) ranges: ask for fewer at a time")
        case .ranges(let ranges) where ranges.count == 1:
            response.status = 206
            response.headers["Content-Range"] = RangedBody.contentRange(ranges[0], of: length)
            response.body = try await source.single(ranges[0], isHead: false)
        case .ranges(let ranges):
            let parts = MultipartRanges(ranges, length: length, contentType: contentType)
            response.status = 206
            response.headers["Content-Type"] = "multipart/byteranges; boundary=\(parts.boundary)"
            response.body = try await source.multipart(parts)
        }
        return response
    }

    private static func ranges(of request: HTTPRequest, _ length: Int64, _ etag: EntityTag) -> ByteRanges {
        // A range is defined for GET alone, and counts only if it is of the version that the client has.
        guard !request.isHead, request.method == "GET" else { return .whole }
        if let header = request.headers["If-Range"], !etag.matches(header, allowingAny: false) { return .whole }
        return ByteRanges(request.headers.list("Range"), length: length)
    }

    /// Whether who asks has it: by its tag, or, where none was sent, by its date (RFC 9110, section 13.2.2).
    public static func isUnchanged(for request: HTTPRequest, _ etag: EntityTag, _ lastModified: String?) -> Bool {
        if let header = request.headers.list("If-None-Match") { return !etag.satisfiesNone(ofHeader: header) }
        guard let lastModified, let header = request.headers["If-Modified-Since"] else { return false }
        if header == lastModified { return true }
        guard let since = HTTPDate.seconds(header), let modified = HTTPDate.seconds(lastModified) else { return false }
        return modified <= since
    }

    private static func unsatisfiable(_ length: Int64, _ reason: String) -> HTTPResponse {
        var response = refusal(416, reason)
        response.headers["Content-Range"] = "bytes */\(length)"
        response.headers["Accept-Ranges"] = "bytes"
        return response
    }
}

extension HTTPHeaders {
    /// All values of a field whose value is a list; `nil` when there is none.
    public func list(_ name: String) -> String? {
        let values = fields.filter { Self.equal($0.name, name) }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
}

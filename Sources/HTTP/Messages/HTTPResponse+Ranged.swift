public import Platform

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

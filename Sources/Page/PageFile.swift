internal import CPage
internal import Catalogue
internal import HTTP
internal import Platform

/// One file of the page, ready to be sent.
struct PageFile: Sendable {
    /// Scripts, styles and data of this server alone; pictures also from memory, where plots are drawn. What a dataset is
    /// called or contains can then run nothing, even where the page has a fault.
    static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob: data:", "font-src 'self'",
        "connect-src 'self'", "frame-src 'self' blob:", "base-uri 'none'", "form-action 'none'",
        "frame-ancestors 'none'",
    ].joined(separator: "; ")

    let name: String
    private let mediaType: String
    private let plain: SharedBytes
    private let compressed: SharedBytes
    private let digest: String

    /// - Parameter file: lives as long as the program.
    init(_ file: cpage_file) {
        name = String(cString: file.name)
        mediaType = String(cString: file.media_type)
        plain = SharedBytes(UnsafeBufferPointer(start: file.bytes, count: file.count))
        compressed = Gzip.compress(plain)
        let hasher = SHA256()
        plain.withBytes { hasher.update($0) }
        digest = String(hasher.finish().description.prefix(32))
    }

    func answer(_ request: HTTPRequest) -> HTTPResponse {
        let isCompressed = request.acceptsGzip && compressed.count < plain.count
        // Another representation is another tag.
        let tag = EntityTag(digest + (isCompressed ? "-gzip" : ""))
        var response = HTTPResponse(headers: [
            "Content-Security-Policy": Self.policy, "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache", "ETag": tag.description,
            "Vary": "Accept-Encoding",
        ])
        if let known = request.headers.list("If-None-Match"), !tag.satisfiesNone(ofHeader: known) {
            response.status = 304
            return response
        }
        response.headers["Content-Type"] = mediaType
        if isCompressed { response.headers["Content-Encoding"] = "gzip" }
        response.body = .bytes(isCompressed ? compressed : plain)
        return response
    }
}

internal import CPage
internal import Digests
internal import HTTP
internal import Platform
internal import Synchronization

/// One file of the page. It is made ready when it is asked for first: most subscribers are never looked at, and do not keep
/// it in memory twice.
final class PageFile: Sendable {
    /// Scripts, styles and data of this server alone; pictures also from memory, where plots are drawn. What a dataset is
    /// called or contains can then run nothing, even where the page has a fault.
    static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob: data:", "font-src 'self'",
        "connect-src 'self'", "frame-src 'self' blob:", "base-uri 'none'", "form-action 'none'",
        "frame-ancestors 'none'",
    ].joined(separator: "; ")

    private struct Contents {
        let mediaType: String
        let plain: SharedBytes
        let compressed: SharedBytes
        let digest: String

        init(_ file: cpage_file, root: String) {
            mediaType = String(cString: file.media_type)
            let bytes = UnsafeBufferPointer(start: file.bytes, count: file.count)
            plain = mediaType.hasPrefix("text/html") ? Self.document(bytes, root: root) : SharedBytes(bytes)
            compressed = Gzip.compress(plain)
            let hasher = SHA256()
            plain.withBytes { hasher.update($0) }
            digest = String(hasher.finish().description.prefix(32))
        }

        /// The document names the other files by the release, and from where it is itself: a proxy may have it below a
        /// path that it does not tell. They name one another by where they are.
        private static func document(_ bytes: UnsafeBufferPointer<UInt8>, root: String) -> SharedBytes {
            let text = String(decoding: bytes, as: UTF8.self)
                .replacing("/page/", with: "/page/\(PageRelease.name)/").replacing("=\"/", with: "=\"\(root)")
            return SharedBytes(text)
        }
    }

    let name: String
    private static let mostKept = 32, mostLevels = 2048

    private let index: Int
    private let isDocument: Bool
    /// By the levels that the address has: only the document differs.
    private let made = Locked<[Int: Contents]>([:])

    /// - Parameter index: in the program's table of files.
    init(_ index: Int) {
        self.index = index
        name = String(cString: cpage_files_start()[index].name)
        isDocument = String(cString: cpage_files_start()[index].media_type).hasPrefix("text/html")
    }

    private func contents(for request: HTTPRequest) -> Contents {
        let depth = isDocument ? request.depth : 0
        return made.withLock { made in
            if let contents = made[depth] { return contents }
            let contents = Contents(cpage_files_start()[index], root: Self.root(from: depth))
            if depth < Self.mostKept { made[depth] = contents }
            return contents
        }
    }

    /// The way from an address up to where the subscriber is. No dataset lies so deep that it would be long.
    private static func root(from depth: Int) -> String {
        if depth > mostLevels { return "/" }
        return depth == 0 ? "./" : String(repeating: "../", count: depth)
    }

    /// - Parameters:
    ///   - status: other than 200 when the file stands for what there is not.
    ///   - isKept: whether what is asked for by this address will never be another.
    func answer(_ request: HTTPRequest, status: Int = 200, isKept: Bool = false) -> HTTPResponse {
        let contents = contents(for: request)
        let isCompressed = request.acceptsGzip && contents.compressed.count < contents.plain.count
        // Another representation is another tag.
        let tag = EntityTag(contents.digest + (isCompressed ? "-gzip" : ""))
        var response = HTTPResponse(
            status: status,
            headers: [
                "Content-Security-Policy": Self.policy, "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "no-referrer", "ETag": tag.description,
                "Cache-Control": isKept ? "public, max-age=31536000, immutable" : "no-cache",
                "Vary": "Accept-Encoding",
            ])
        if status == 200, let known = request.headers.list("If-None-Match"), !tag.satisfiesNone(ofHeader: known) {
            response.status = 304
            return response
        }
        response.headers["Content-Type"] = contents.mediaType
        if isCompressed { response.headers["Content-Encoding"] = "gzip" }
        response.body = .bytes(isCompressed ? contents.compressed : contents.plain)
        return response
    }
}

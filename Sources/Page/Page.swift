internal import CPage
public import HTTP
internal import Platform

/// The web page: files that are part of the program, and the paths under which a browser finds them.
///
/// Every view of the page has a path of its own, and all get the same document, which looks at the path. Nothing is loaded
/// from elsewhere, and the browser is told to see to that.
public struct Page: Sendable {
    private static let document = "index.html"
    private static let folders = ["/browse/", "/datasets/"]

    private let files: [String: PageFile]

    public init() {
        let list = (0..<cpage_file_count).map(PageFile.init)
        files = Dictionary(uniqueKeysWithValues: list.map { ($0.name, $0) })
    }

    /// `nil` for a path that is not the page's.
    public func answer(_ request: HTTPRequest) -> HTTPResponse? {
        guard let (name, isKept) = Self.file(of: request.path) else { return nil }
        guard request.method == "GET" || request.isHead else {
            var refusal = HTTPResponse.refusal(405, "\(request.path) takes GET and HEAD, not \(request.method)")
            refusal.headers["Allow"] = "GET, HEAD"
            return refusal
        }
        guard let file = files[name] else {
            return .refusal(404, "the page has no file \(name)")
        }
        return file.answer(request, isKept: isKept)
    }

    /// The document, which says so, for a browser that was sent to an address that nothing has; `nil` for programs.
    public func nothing(_ request: HTTPRequest) -> HTTPResponse? {
        let isSent = request.headers["Accept"]?.contains("text/html") == true
        guard isSent, request.method == "GET" || request.isHead, !request.path.hasPrefix("/api/") else { return nil }
        return files[Self.document]?.answer(request, status: 404)
    }

    /// The file that a path stands for: what is below /page/ by its name, and the document for each view.
    private static func file(of path: String) -> (name: String, isKept: Bool)? {
        let folder = "/page/"
        if path.hasPrefix(folder) { return PageRelease.file(path.dropFirst(folder.count)) }
        let isView = path == "/" || path == "/status" || folders.contains { path.hasPrefix($0) && path != $0 }
        return isView ? (document, false) : nil
    }
}

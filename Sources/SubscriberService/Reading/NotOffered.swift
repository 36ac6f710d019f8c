import HTTP
import Wire

/// What the servers of Caterva2 do beyond reading, and a subscriber does not.
enum NotOffered {
    private static let writing = [
        "upload", "append", "move", "copy", "remove", "unfold", "load_from_url", "publish", "addnotebook",
    ]
    private static let computing = ["upload_lazyarr", "lazyexpr"]
    private static let administration = ["adduser", "deluser", "listusers"]
    private static let others = ["peer", "preview"]

    /// `nil` for what is none of that.
    static func refusal(for request: HTTPRequest) -> Refusal? {
        let isLogin = request.path.suffix(after: "/auth/") != nil
        guard isLogin || kind(request) != nil else { return nil }
        let reason =
            if isLogin {
                "this subscriber has no accounts: all that it serves can be read without logging in"
            } else if let kind = kind(request), computing.contains(kind) {
                "this subscriber does not compute: read what the expression needs, and evaluate it where it is read"
            } else if let kind = kind(request), administration.contains(kind) {
                "this subscriber has no accounts to administer"
            } else if let kind = kind(request), others.contains(kind) {
                "this subscriber has no \(kind): it offers reading, by /api/roots, list, info, fetch, chunk and download"
            } else {
                "datasets are written where they are published: change the file in the publisher's folder"
            }
        return Refusal(501, reason)
    }

    private static func kind(_ request: HTTPRequest) -> String? {
        guard let rest = request.path.suffix(after: "/api/") else { return nil }
        let name = String(rest.prefix { $0 != "/" })
        // To be read it is offered.
        if name == "chunk" { return request.method == "POST" ? name : nil }
        return (writing + computing + administration + others).contains(name) ? name : nil
    }
}

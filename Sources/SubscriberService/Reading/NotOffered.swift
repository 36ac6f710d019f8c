import HTTP

/// What the servers of Caterva2 do beyond reading, and a subscriber does not.
enum NotOffered {
    private static let writing = [
        "upload", "append", "move", "copy", "remove", "unfold", "load_from_url", "publish", "addnotebook",
    ]
    private static let computing = ["upload_lazyarr", "lazyexpr"]
    private static let administration = ["adduser", "deluser", "listusers"]
    private static let others = ["peer", "preview"]

    static func contains(_ path: String) -> Bool { path.suffix(after: "/auth/") != nil || kind(path) != nil }

    static func refusal(_ request: HTTPRequest) -> Refusal {
        let reason =
            if request.path.suffix(after: "/auth/") != nil {
                "this subscriber has no accounts: all that it serves can be read without logging in"
            } else if let kind = kind(request.path), computing.contains(kind) {
                "this subscriber does not compute: read what the expression needs, and evaluate it where it is read"
            } else if let kind = kind(request.path), administration.contains(kind) {
                "this subscriber has no accounts to administer"
            } else if let kind = kind(request.path), others.contains(kind) {
                "this subscriber has no \(kind): it offers reading, by /api/roots, list, info, fetch, chunk and download"
            } else {
                "datasets are written where they are published: change the file in the publisher's folder"
            }
        return Refusal(501, reason)
    }

    private static func kind(_ path: String) -> String? {
        guard let rest = path.suffix(after: "/api/") else { return nil }
        let name = String(rest.prefix { $0 != "/" })
        if name == "chunk" { return name }
        return (writing + computing + administration + others).contains(name) ? name : nil
    }
}

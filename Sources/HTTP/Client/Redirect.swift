/// Which redirects are followed.
///
/// What a request carries is meant for the server that it names: only that server may send it elsewhere within itself.
enum Redirect {
    /// So many in a row.
    static let limit = 5

    private static let statuses = [301, 302, 303, 307, 308]

    /// Where the request is to be sent again, as it is; `nil` when `head` is no redirect.
    ///
    /// - Throws: ``HTTPError/Code/redirected``, with the address, when it is one that is not followed.
    static func target(
        of head: HTTPClient.Head, _ request: HTTPClient.Request, at url: RequestURL
    ) throws(HTTPError) -> RequestURL? {
        guard statuses.contains(head.status), let location = head.headers["Location"] else { return nil }
        guard let next = url.resolving(location) else {
            throw refusal(request, head, to: shown(location), "which is no address of a web server")
        }
        guard next.origin == url.origin else {
            let here = "\(url.origin)", there = shown(next.text)
            throw refusal(
                request, head, to: there,
                "which is another server, and is not followed: if that is right, give that address instead of \(here)")
        }
        // Who redirects a change so asks for a GET instead, which would change nothing and look like a success.
        guard head.status >= 307 || request.method == "GET" || request.method == "HEAD" else {
            throw refusal(
                request, head, to: shown(next.text),
                "which asks for another request than \(request.method), and is not followed: give the address that needs "
                    + "no redirect")
        }
        return next
    }

    private static func refusal(
        _ request: HTTPClient.Request, _ head: HTTPClient.Head, to target: String, _ reason: String
    ) -> HTTPError {
        HTTPError(.redirected, "\(request.name): \(head) sends to \(target), \(reason)")
    }

    /// Short, on one line, and without a password.
    private static func shown(_ url: String) -> String {
        let plain = url.unicodeScalars.prefix(300).filter { $0.value > 32 && $0.value < 127 }
        return HTTPClient.Request(url: String(String.UnicodeScalarView(plain))).urlWithoutLogin
    }
}

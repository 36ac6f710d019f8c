internal import CMicroHTTPD
internal import Glibc
// The compiler takes `sockaddr` for CMicroHTTPD's or Glibc's, whichever of the two it has built first: so both are named.
internal import Platform

/// What is done to a client's socket beside its owner.
enum ServerSocket {
    static let full = refusal(
        "503 Service Unavailable", "as many clients are connected as this server can serve: try again",
        "Retry-After: 1\r\n")
    static let tooSlow = refusal("408 Request Timeout", "the request's body comes too slowly")

    /// Says a few words if there is room for them, which there is on a new connection.
    static func say(_ words: String, to socket: Int32) {
        var words = words
        words.withUTF8 { _ = send(socket, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)) }
    }

    /// Says them instead of an answer to what has come, which nobody is going to read.
    static func refuse(_ words: String, on socket: Int32) {
        var unread = [UInt8](repeating: 0, count: 16 << 10)
        // Closed over unread bytes, the connection would be reset, and the answer lost.
        _ = recv(socket, &unread, unread.count, Int32(MSG_DONTWAIT))
        say(words, to: socket)
    }

    /// Answers a connection that there is no place for, and closes it.
    static func turnAway(_ socket: Int32) {
        refuse(full, on: socket)
        shutdown(socket, Int32(SHUT_WR))
        close(socket)
    }

    /// Ends the connection for both sides, and gives up what the kernel still has for the peer.
    static func reset(_ socket: Int32) {
        var nowhere = sockaddr()
        nowhere.sa_family = sa_family_t(AF_UNSPEC)
        connect(socket, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
    }

    private static func refusal(_ status: String, _ detail: String, _ fields: String = "") -> String {
        let body = "{\"detail\":\(JSONString.quoted(detail))}"
        return "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\n\(fields)Connection: close\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}

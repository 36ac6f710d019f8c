import Glibc
import Platform

/// One connection of a ``ScriptedServer``.
final class ScriptedConnection: Sendable {
    private let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { Glibc.close(descriptor) }

    /// The next request, head and body (as long as `Content-Length` says); `nil` when the client has gone.
    func request() -> String? {
        var bytes: [UInt8] = []
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let head = text.firstRange(of: "\r\n\r\n") {
                let name = text.firstRange(of: "Content-Length: ")
                let length = name.flatMap { Int(text[$0.upperBound...].prefix { $0.isNumber }) } ?? 0
                let have = text[head.upperBound...].utf8.count
                if have >= length { return text }
            }
            var buffer = [UInt8](repeating: 0, count: 64 * 1024)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
    }

    /// False when the client has gone.
    @discardableResult
    func send(_ text: String) -> Bool { send([UInt8](text.utf8)) }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.send(descriptor, buffer.baseAddress! + done, buffer.count - done, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    /// An answer that says how long it is.
    @discardableResult
    func answer(_ body: String = "", status: String = "200 OK", fields: String = "") -> Bool {
        send("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)")
    }

    @discardableResult
    func chunk(_ text: String) -> Bool { send("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n") }

    /// Returns when the client has hung up.
    func waitForEnd() { while request() != nil {} }

    /// Ends the connection: at once for this side's threads and for the client.
    func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Ends it the rude way.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        var address = sockaddr()
        address.sa_family = sa_family_t(AF_UNSPEC)
        connect(descriptor, &address, socklen_t(MemoryLayout<sockaddr>.size))
    }
}

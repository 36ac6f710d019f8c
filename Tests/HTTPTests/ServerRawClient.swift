import Glibc
import HTTP
import Platform
import Synchronization

/// A blocking HTTP client of a few lines, which can also misbehave. Used from one thread at a time.
final class RawClient: Sendable {
    struct Failure: Error {
        let operation: String
        let code: Int32
    }

    struct Reply: Sendable {
        let status: Int
        let reason: String
        let headers: HTTPHeaders
        let body: [UInt8]
        /// False when the connection ended before the body did.
        let isComplete: Bool
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let fd: Int32
    private let closed = Atomic(false)
    private let buffer = Locked<[UInt8]>([])

    /// - Parameter host: the last number of the address of loopback that it comes from.
    init(_ port: UInt16, receiveBuffer: Int32? = nil, ipv6: Bool = false, host: UInt32 = 1) throws {
        fd = socket(ipv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard fd >= 0 else { throw Failure(operation: "socket", code: errno) }
        if var size = receiveBuffer { setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, 4) }
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        if host != 1 {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = (UInt32(0x7f00_0000) + host).bigEndian
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isBound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(fd, $0, size) == 0 }
            }
            guard isBound else { throw Failure(operation: "bind", code: errno) }
        }
        guard ipv6 ? connect6(port) : connect4(port) else { throw Failure(operation: "connect", code: errno) }
    }

    deinit { close() }

    private func connect4(_ port: UInt16) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private func connect6(_ port: UInt16) -> Bool {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        inet_pton(AF_INET6, "::1", &address.sin6_addr)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
            }
        }
    }

    func close() {
        if !closed.exchange(true, ordering: .relaxed) { _ = Glibc.close(fd) }
    }

    func finishSending() { shutdown(fd, Int32(SHUT_WR)) }

    // MARK: Sending

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var done = 0
        while done < bytes.count {
            let sent = bytes.withUnsafeBytes {
                Glibc.send(fd, $0.baseAddress! + done, $0.count - done, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw Failure(operation: "send", code: errno) }
            done += sent
        }
    }

    func send(zeros count: Int) throws {
        let block = [UInt8](repeating: 0, count: 64 * 1024)
        for start in stride(from: 0, to: count, by: block.count) {
            try send(Array(block.prefix(count - start)))
        }
    }

    /// Sends zeros until the socket takes no more for 200 ms.
    func fillUntilBlocked(_ limit: Int) -> Int {
        var total = 0
        let block = [UInt8](repeating: 0, count: 64 * 1024)
        while total < limit {
            var poller = pollfd(fd: fd, events: Int16(POLLOUT), revents: 0)
            guard poll(&poller, 1, 200) == 1 else { break }
            let sent = block.withUnsafeBytes {
                Glibc.send(
                    fd, $0.baseAddress, min(limit - total, $0.count),
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            guard sent > 0 else { break }
            total += sent
        }
        return total
    }

    // MARK: Receiving

    /// Up to 64 KiB; empty at the end. A reset counts as an end.
    func receive() throws -> [UInt8] {
        let kept = buffer.withLock { buffer in
            defer { buffer = [] }
            return buffer
        }
        if !kept.isEmpty { return kept }
        var block = [UInt8](repeating: 0, count: 64 * 1024)
        let count = recv(fd, &block, block.count, 0)
        if count < 0, errno != ECONNRESET { throw Failure(operation: "recv", code: errno) }
        return Array(block.prefix(max(0, count)))
    }

    /// Up to and with `end`; what came behind it is kept. `nil` when the connection ends first.
    func receive(through end: String) throws -> String? {
        var all: [UInt8] = []
        while true {
            let piece = try receive()
            guard !piece.isEmpty else { return nil }
            let from = max(0, all.count - end.utf8.count)
            all += piece
            guard let match = Self.find(Array(end.utf8), in: all, from: from) else { continue }
            let rest = Array(all[match...])
            buffer.withLock { $0 = rest }
            return String(decoding: all[..<match], as: UTF8.self)
        }
    }

    private static func find(_ needle: [UInt8], in hay: [UInt8], from: Int) -> Int? {
        guard hay.count >= from + needle.count else { return nil }
        for start in from...(hay.count - needle.count) where hay[start..<start + needle.count].elementsEqual(needle) {
            return start + needle.count
        }
        return nil
    }

    func receive(exactly count: Int) throws -> [UInt8]? {
        var all: [UInt8] = []
        while all.count < count {
            let piece = try receive()
            guard !piece.isEmpty else { return nil }
            all += piece
        }
        let rest = Array(all[count...])
        buffer.withLock { $0 = rest }
        return Array(all[..<count])
    }

    func readAll() throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let piece = try receive()
            if piece.isEmpty { return all }
            all += piece
        }
    }

    /// One response; `nil` when the connection ends before its head does.
    func reply(toHead: Bool = false) throws -> Reply? {
        guard let head = try receive(through: "\r\n\r\n") else { return nil }
        var lines = head.split(separator: "\r\n").map(String.init)[...]
        let status = lines.removeFirst().split(separator: " ", maxSplits: 2)
        var headers = HTTPHeaders()
        for line in lines {
            let colon = line.firstIndex(of: ":")!
            headers.append(String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " }))
        }
        let code = Int(status[1])!
        let body = toHead || [204, 304].contains(code) ? [] : try body(headers)
        return Reply(
            status: code, reason: String(status.count > 2 ? status[2] : ""), headers: headers, body: body ?? [],
            isComplete: body != nil)
    }

    private func body(_ headers: HTTPHeaders) throws -> [UInt8]? {
        if let length = headers["Content-Length"] { return try receive(exactly: Int(length)!) }
        guard headers["Transfer-Encoding"] == "chunked" else { return try readAll() }
        var all: [UInt8] = []
        while let chunk = try chunk() {
            if chunk.isEmpty { return all }
            all += chunk
        }
        return nil
    }

    /// One chunk of a chunked body, empty for the last; `nil` when the connection ends.
    func chunk() throws -> [UInt8]? {
        guard let size = try receive(through: "\r\n").flatMap({ Int($0.dropLast(1), radix: 16) }) else { return nil }
        return try receive(exactly: size + 2).map { Array($0.dropLast(2)) }
    }

    func exchange(_ request: String, toHead: Bool = false) throws -> Reply? {
        try send(request)
        return try reply(toHead: toHead)
    }

    static func get(_ port: UInt16, _ target: String, _ headers: String = "") throws -> Reply? {
        try RawClient(port).exchange("GET \(target) HTTP/1.1\r\nHost: x\r\n\(headers)Connection: close\r\n\r\n")
    }
}

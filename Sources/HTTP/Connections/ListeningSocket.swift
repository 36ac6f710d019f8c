internal import CMicroHTTPD
internal import Glibc
internal import Platform
internal import Synchronization

/// The bound and listening TCP sockets of an address: of `localhost` two, with one port.
final class ListeningSocket: Sendable {
    let raws: [Int32]
    /// With the port that was bound.
    let endpoint: Endpoint
    private let isOpen = Atomic(true)

    /// Resolves the host, which can block on a name server.
    init(_ wanted: Endpoint) throws(HTTPError) {
        // Programs differ in which of the two they mean, and some try no other.
        raws = wanted.host.lowercased() == "localhost" ? try Self.both(wanted) : [try Self.first(wanted)]
        endpoint = Endpoint(host: wanted.host, port: Self.port(of: raws[0]))
    }

    /// 127.0.0.1 and ::1, or the one of them that this machine has.
    private static func both(_ wanted: Endpoint) throws(HTTPError) -> [Int32] {
        var attempts = 20
        while true {
            attempts -= 1
            let four = try ifThere(Endpoint(host: "127.0.0.1", port: wanted.port), wanted)
            do throws(HTTPError) {
                let port = four.map { self.port(of: $0) } ?? wanted.port
                let six = try ifThere(Endpoint(host: "::1", port: port), wanted)
                let found = [four, six].compactMap { $0 }
                if !found.isEmpty { return found }
                throw HTTPError(.cannotListen, "cannot listen on \(wanted): this machine has neither 127.0.0.1 nor ::1")
            } catch {
                if let four { Glibc.close(four) }
                // Any free port may be taken at the other address.
                guard wanted.port == 0, four != nil, attempts > 0 else { throw error }
            }
        }
    }

    /// `nil` when this machine does not have the address.
    private static func ifThere(_ endpoint: Endpoint, _ wanted: Endpoint) throws(HTTPError) -> Int32? {
        let addresses = try Addresses(endpoint)
        guard let info = addresses.first?.pointee else { return nil }
        let descriptor = listen(on: info)
        if descriptor >= 0 { return descriptor }
        let code = errno
        if [EADDRNOTAVAIL, EAFNOSUPPORT].contains(code) { return nil }
        throw HTTPError(.cannotListen, "cannot listen on \(wanted) (\(endpoint)): \(reason(code))")
    }

    private static func first(_ wanted: Endpoint) throws(HTTPError) -> Int32 {
        let addresses = try Addresses(wanted)
        var failure = "the name has no address"
        // IPv4 first: a name may have both, and most clients try that.
        for family in [AF_INET, AF_INET6] {
            var next = addresses.first
            while let info = next?.pointee {
                next = info.ai_next
                guard info.ai_family == family else { continue }
                let descriptor = Self.listen(on: info)
                if descriptor >= 0 { return descriptor }
                failure = Self.reason(errno)
            }
        }
        throw HTTPError(.cannotListen, "cannot listen on \(wanted): \(failure)")
    }

    deinit { close() }

    /// Frees the port; called by the one thread that accepts.
    func close() {
        if isOpen.exchange(false, ordering: .acquiringAndReleasing) { for raw in raws { Glibc.close(raw) } }
    }

    /// -1 with errno when it fails.
    private static func listen(on info: addrinfo) -> Int32 {
        let descriptor = socket(info.ai_family, info.ai_socktype | nonBlocking | closeOnExec, info.ai_protocol)
        guard descriptor >= 0 else { return -1 }
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        // Of all addresses means of IPv4's, too, whatever the machine's default is.
        var no: Int32 = 0
        if info.ai_family == AF_INET6 { setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &no, size) }
        // Accepted sockets inherit these.
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, size)
        // A client may be silent for long; one whose machine has vanished is found out within some minutes.
        setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &yes, size)
        for (option, seconds) in [(TCP_KEEPIDLE, 120), (TCP_KEEPINTVL, 30), (TCP_KEEPCNT, 6)] {
            var value = Int32(seconds)
            setsockopt(descriptor, Int32(IPPROTO_TCP), option, &value, size)
        }
        if bind(descriptor, info.ai_addr, info.ai_addrlen) == 0, Glibc.listen(descriptor, 1024) == 0 {
            return descriptor
        }
        let code = errno
        Glibc.close(descriptor)
        errno = code
        return -1
    }

    private static func port(of descriptor: Int32) -> UInt16 {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
            // The port is at the same place in the addresses of both families.
            return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                UInt16(bigEndian: $0.pointee.sin_port)
            }
        }
    }

    private static func reason(_ code: Int32) -> String {
        switch code {
        case EADDRINUSE: "address already in use; stop the other program or choose another port"
        case EADDRNOTAVAIL: "this machine does not have that address"
        case EACCES: "permission denied; choose a port above 1023"
        default: String(cString: strerror(code))
        }
    }

    private static let nonBlocking = Int32(SOCK_NONBLOCK.rawValue)
    private static let closeOnExec = Int32(SOCK_CLOEXEC.rawValue)

    /// What a host name stands for.
    private struct Addresses: ~Copyable {
        let first: UnsafeMutablePointer<addrinfo>?

        init(_ endpoint: Endpoint) throws(HTTPError) {
            var hints = addrinfo()
            hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            var first: UnsafeMutablePointer<addrinfo>?
            let code = getaddrinfo(endpoint.host, String(endpoint.port), &hints, &first)
            guard code == 0 else {
                let reason = String(cString: gai_strerror(code))
                throw HTTPError(
                    .cannotListen, "cannot listen on \(endpoint): \(reason); give an address of this machine")
            }
            self.first = first
        }

        deinit { freeaddrinfo(first) }
    }
}

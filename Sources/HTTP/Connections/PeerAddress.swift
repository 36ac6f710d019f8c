internal import CMicroHTTPD
internal import Glibc

/// Who is at the other end, as far as it is counted: an address of IPv4, the /64 of an address of IPv6, within which one host
/// may have as many as it likes.
struct PeerAddress: Hashable, Sendable {
    private let isIPv6: Bool
    private let prefix: UInt64

    static let unknown = PeerAddress(isIPv6: false, prefix: .max)

    private init(isIPv6: Bool, prefix: UInt64) {
        self.isIPv6 = isIPv6
        self.prefix = prefix
    }

    init(ipv4 address: UInt32) { self.init(isIPv6: false, prefix: UInt64(address)) }

    /// - Parameter ipv6: sixteen bytes.
    init(ipv6 bytes: [UInt8]) {
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]
        let number = { (bytes: ArraySlice<UInt8>) in bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        if bytes.starts(with: mapped) {
            self.init(isIPv6: false, prefix: number(bytes[12..<16]))
        } else {
            self.init(isIPv6: true, prefix: number(bytes[0..<8]))
        }
    }

    /// Of the peer of a connected socket.
    init(ofPeer socket: Int32) {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isKnown = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(socket, $0, &length) == 0 }
        }
        guard isKnown else {
            self = .unknown
            return
        }
        self = withUnsafePointer(to: &address) { pointer in
            switch Int32(pointer.pointee.ss_family) {
            case AF_INET:
                pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    PeerAddress(ipv4: UInt32(bigEndian: $0.pointee.sin_addr.s_addr))
                }
            case AF_INET6:
                pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    withUnsafeBytes(of: $0.pointee.sin6_addr) { PeerAddress(ipv6: Array($0)) }
                }
            default: .unknown
            }
        }
    }
}

internal import Glibc

/// What a host's name stands for.
public struct HostAddresses {
    public struct Address: Hashable, Sendable {
        /// As numbers.
        public let text: String
        public var isLoopback: Bool { text.hasPrefix("127.") || text == "::1" }
    }

    /// Asks the system's resolver; none for a name that it does not know. Blocks.
    public static func of(_ host: String) -> [Address] {
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, nil, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var result: Set<Address> = []
        var next = list
        while let info = next?.pointee {
            next = info.ai_next
            var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            guard
                getnameinfo(
                    info.ai_addr, info.ai_addrlen, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST) == 0
            else { continue }
            let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            result.insert(Address(text: text))
        }
        return Array(result)
    }
}

internal import Platform

/// What speaks against an address that nobody has chosen.
enum AdvertisedAddress {
    /// Blocks.
    static func doubt(host: String) -> String? {
        let addresses = HostAddresses.of(host)
        if addresses.isEmpty { return "'\(host)', the name of this machine, does not resolve" }
        if addresses.allSatisfy(\.isLoopback) { return "'\(host)' resolves to this machine's own loopback alone" }
        if !host.contains("."), isContainerName(host) {
            return "'\(host)' looks like the inner name of a container, which nobody outside knows"
        }
        return nil
    }

    /// Twelve hexadecimal digits, or nearly: what containers are called that nobody gave a name.
    static func isContainerName(_ host: String) -> Bool {
        (8...64).contains(host.utf8.count) && host.utf8.contains { (48...57).contains($0) }
            && host.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}

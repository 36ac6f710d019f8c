internal import Glibc

/// A port for what is started again at the same address. It is nobody else's meanwhile: it lies outside of the range from which
/// the kernel gives ports to those who ask for any, and no other test process takes it while this one lives.
public enum ReservedPort {
    /// The kernel's own range begins at 32768 where nobody has changed it.
    private static let range: ClosedRange<UInt16> = 20_000...32_000

    /// - Throws: ``TestFailure`` when all are taken.
    public static func take() throws -> UInt16 {
        for _ in 0..<1000 {
            let port = UInt16.random(in: range)
            guard isMine(port), isFree(port) else { continue }
            return port
        }
        throw TestFailure("no port from \(range.lowerBound) to \(range.upperBound) is free")
    }

    /// Whether this process has got the file that stands for the port; it keeps it to its end.
    private static func isMine(_ port: UInt16) -> Bool {
        let file = Glibc.open("/tmp/bpubsub-test-port-\(port)", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard file >= 0 else { return false }
        if flock(file, LOCK_EX | LOCK_NB) == 0 { return true }
        close(file)
        return false
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_ANY.bigEndian
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

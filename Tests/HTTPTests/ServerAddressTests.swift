import Glibc
import Platform
import TestSupport
import Testing

@testable import HTTP

/// Where a server is reached.
@Suite(.patient) struct ServerAddressTests {
    private static let hasIPv6 = (try? ListeningSocket(Endpoint(host: "::1", port: 0))) != nil

    private func status(_ port: UInt16, ipv6: Bool) -> Int? {
        let client = try? RawClient(port, ipv6: ipv6)
        return (try? client?.exchange("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"))?.flatMap { $0 }?.status
    }

    @Test("what is said to listen on localhost is reached at both of its addresses", .enabled(if: hasIPv6))
    func localhost() async throws {
        try await withServer {
            $0.listen = Endpoint(host: "localhost", port: 0)
        } handler: { _ in
            .json("{}")
        } _: { port in
            try await blocking {
                #expect(self.status(port, ipv6: false) == 200)
                #expect(self.status(port, ipv6: true) == 200)
            }
        }
    }

    @Test("all addresses of IPv6 are those of IPv4, too", .enabled(if: hasIPv6))
    func everywhere() async throws {
        try await withServer {
            $0.listen = Endpoint(host: "::", port: 0)
        } handler: { _ in
            .json("{}")
        } _: { port in
            try await blocking {
                #expect(self.status(port, ipv6: false) == 200)
                #expect(self.status(port, ipv6: true) == 200)
            }
        }
    }

    @Test("a port that another program has at one of the two addresses is not taken", .enabled(if: hasIPv6))
    func taken() throws {
        var other = try ListeningSocket(Endpoint(host: "::1", port: 0))
        // A connection of somebody else's may have this port at the other address.
        while (try? ListeningSocket(Endpoint(host: "127.0.0.1", port: other.endpoint.port))) == nil {
            other = try ListeningSocket(Endpoint(host: "::1", port: 0))
        }
        let error = #expect(throws: HTTPError.self) {
            try ListeningSocket(Endpoint(host: "localhost", port: other.endpoint.port))
        }
        #expect(error?.message.contains("[::1]:\(other.endpoint.port)") == true)
        // And the half that was free is free again.
        _ = try ListeningSocket(Endpoint(host: "127.0.0.1", port: other.endpoint.port))
    }
}

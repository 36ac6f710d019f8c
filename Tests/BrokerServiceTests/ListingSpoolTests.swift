import BrokerService
import Catalogue
import HTTP
import Platform
import TestSupport
import Testing
import Wire

/// Listings that nobody reads.
@Suite struct ListingSpoolTests {
    /// Some 400 bytes a line.
    private static func changes(_ folder: String) throws -> [Announcement] {
        try (0..<1500).map { index in
            .put(try Sample.dataset("foo/\(folder)/\(index)-\(String(repeating: "x", count: 200))"))
        }
    }

    @Test func listingsTakeNoMoreThanTheirShareOfTheDisk() async throws {
        let folder = try TemporaryFolder()
        try await BrokerHarness.run(folder) {
            // Room for one of them, and not for two.
            $0.spoolMemory = 900 << 10
        } _: { broker in
            let lease = try await broker.claim("foo")
            for name in ["a", "b"] { _ = try await broker.announce(try Self.changes(name), lease) }
            // The datasets, and their group.
            let first = try await broker.list("?prefix=foo/a/")
            #expect(first.replica.lines.count == 1501)
            // The first is kept for those who ask for the same, and goes when there is no room for another.
            try await Eventually.holds("there is room for the other") {
                try await broker.send("GET", "/api/datasets?prefix=foo/b/", Self.lines).status == 200
            }
            let refusal = try await broker.send("GET", "/api/datasets?prefix=foo/a&prefix=foo/b", Self.lines)
            #expect(refusal.status == 503)
            #expect(refusal.headers["Retry-After"] != nil)
            #expect(try await broker.list("?prefix=foo/a/").replica.lines.count == 1501)
        }
    }

    private static let lines: HTTPHeaders = ["Accept": "application/x-ndjson"]
}

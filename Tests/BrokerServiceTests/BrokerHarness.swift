import BrokerService
import Catalogue
import Digests
import HTTP
import Platform
import TestSupport
import Testing
import Wire

/// A broker that runs, and how tests speak to it.
struct BrokerHarness: Sendable {
    let broker: Broker
    let client = HTTPClient(.init(idleTimeout: Patience.limit))

    /// Starts a broker on a free port, runs `body`, stops the broker.
    static func run<R: Sendable>(
        _ folder: TemporaryFolder, _ configure: (inout Broker.Configuration) -> Void = { _ in },
        _ body: @Sendable (BrokerHarness) async throws -> R
    ) async throws -> R {
        var configuration = Broker.Configuration(
            listen: Endpoint(host: "127.0.0.1", port: 0), state: folder["state"])
        configuration.logger = Logger("broker", level: .error)
        // Long, so that no lease runs out on a slow machine, unless a test is about that.
        configuration.leaseSeconds = 600
        configuration.bookmarkInterval = .milliseconds(50)
        configure(&configuration)
        let broker = try await Broker(configuration)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await broker.run() }
            let result = try await body(BrokerHarness(broker: broker))
            group.cancelAll()
            return result
        }
    }

    var url: String { broker.endpoint.url }

    func send(
        _ method: String, _ path: String, _ headers: HTTPHeaders = [:], body: [UInt8]? = nil
    ) async throws -> HTTPClient.Response {
        try await client.send(
            HTTPClient.Request(
                method: method, url: url + path, headers: headers, body: body.map { SharedBytes($0) },
                idleTimeout: Patience.limit))
    }

    func get<T: Decodable>(_ path: String, as type: T.Type) async throws -> T {
        let response = try await send("GET", path)
        #expect(response.status == 200, "\(response.text)")
        return try WireJSON.decode(type, from: response.body)
    }

    func group(_ name: String) async throws -> Group { try await get("/api/publishers/" + name, as: Group.self) }

    /// Waits until a group is offline: its expiry is the broker's own doing.
    func waitUntilOffline(_ name: String) async throws {
        while try await group(name).online { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// Waits until nobody watches any more: cutting somebody off is the broker's own doing.
    func waitUntilNobodyWatches() async throws {
        while broker.watcherCount > 0 { try await Task.sleep(for: .milliseconds(5)) }
    }

    // MARK: A publisher's requests

    static let secrets = (0..<10).map { String(repeating: "\($0)", count: 64) }

    func claimRaw(
        _ group: String, by publisher: Int = 0, urls: [String] = ["http://here:8001"], announced: UInt64? = nil
    ) async throws -> HTTPClient.Response {
        let claim = Claim(
            secret: Self.secrets[publisher], urls: urls, class: "public", announced: announced)
        return try await send(
            "PUT", "/api/publishers/" + PercentEncoding.path(group), body: WireJSON.encode(claim))
    }

    func claim(
        _ group: String, by publisher: Int = 0, urls: [String] = ["http://here:8001"], announced: UInt64? = nil
    ) async throws -> Lease {
        let response = try await claimRaw(group, by: publisher, urls: urls, announced: announced)
        #expect(response.status == 200, "\(response.text)")
        return try WireJSON.decode(Lease.self, from: response.body)
    }

    func announceRaw(_ changes: [Announcement], _ lease: String) async throws -> HTTPClient.Response {
        try await send(
            "POST", "/api/changes", [ProtocolHeader.lease: lease], body: WireJSON.encode(Announcements(changes)))
    }

    func announce(_ changes: [Announcement], _ lease: Lease) async throws -> [Revision] {
        let response = try await announceRaw(changes, lease.lease)
        #expect(response.status == 200, "\(response.text)")
        return try WireJSON.decode(Acknowledgement.self, from: response.body).revisions
    }

    // MARK: A follower's requests

    struct Listing {
        let replica: Replica
        let revision: Revision
        let epoch: Epoch
        let digests: [String: Digest]
    }

    /// The listing as lines, checked against its own end.
    func list(_ query: String = "", compressed: Bool = false) async throws -> Listing {
        let response = try await client.send(
            HTTPClient.Request(
                url: url + "/api/datasets" + query, headers: ["Accept": "application/x-ndjson"],
                acceptsCompression: compressed),
            limit: 64 << 20)
        #expect(response.status == 200, "\(response.text)")
        var replica = Replica()
        let lines = response.body.split(separator: UInt8(ascii: "\n")).map { Array($0) }
        for line in lines.dropLast() { try replica.apply(line) }
        guard case .bookmark(let revision, let epoch, let digests, _) = try FeedLine(line: try #require(lines.last))
        else {
            throw LogError(.unavailable, "the last line is no bookmark")
        }
        #expect(response.headers[ProtocolHeader.revision] == "\(revision)")
        #expect(response.headers[ProtocolHeader.epoch] == epoch.text)
        return Listing(replica: replica, revision: revision, epoch: epoch, digests: digests)
    }
}

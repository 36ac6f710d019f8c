import BrokerService
import Catalogue
import HTTP
import Platform
import PublisherService
import TestSupport
import Testing

/// A broker, a publisher of the group `foo` on a folder, and a follower of the broker's feed, all of them real.
struct PublisherHarness: Sendable {
    let folder: DataFolder
    let publisher: Publisher
    let watch: CatalogueWatch
    let broker: String
    let client = HTTPClient(.init(idleTimeout: Patience.limit))

    /// Starts everything, runs `body`, stops everything.
    @discardableResult
    static func run<R: Sendable>(
        _ configure: (inout Publisher.Configuration) -> Void = { _ in },
        prepare: (DataFolder) throws -> Void = { _ in }, _ body: @Sendable (PublisherHarness) async throws -> R
    ) async throws -> R {
        try await withTemporaryFolder("publisher") { base in
            let folder = try DataFolder(base + "/data")
            try prepare(folder)
            return try await withBroker(state: base + "/broker") { broker in
                try await withPublisher(base, folder, broker: broker.endpoint.url, configure, body)
            }
        }
    }

    @discardableResult
    static func withBroker<R: Sendable>(
        state: String, listen: Endpoint = Endpoint(host: "127.0.0.1", port: 0), leaseSeconds: Double = 10,
        _ body: (Broker) async throws -> R
    ) async throws -> R {
        var configuration = Broker.Configuration(listen: listen, state: state)
        configuration.logger = Logger("broker", level: .error)
        configuration.bookmarkInterval = .milliseconds(50)
        configuration.leaseSeconds = leaseSeconds
        let broker = try await Broker(configuration)
        return try await beside({ try await broker.run() }) { try await body(broker) }
    }

    /// A publisher with its state in `base`, beside which a watch runs.
    @discardableResult
    static func withPublisher<R: Sendable>(
        _ base: String, _ folder: DataFolder, broker: String,
        _ configure: (inout Publisher.Configuration) -> Void = { _ in },
        _ body: @Sendable (PublisherHarness) async throws -> R
    ) async throws -> R {
        var configuration = Publisher.Configuration(
            group: "foo", folder: folder.path, broker: broker, listen: Endpoint(host: "127.0.0.1", port: 0),
            state: base + "/state")
        configuration.logger = Logger("publisher", level: .error)
        configure(&configuration)
        let publisher = try await Publisher(configuration)
        let watch = CatalogueWatch()
        let harness = PublisherHarness(folder: folder, publisher: publisher, watch: watch, broker: broker)
        return try await beside({ await watch.run(broker) }) {
            try await beside({ try await publisher.run() }) { try await body(harness) }
        }
    }

    /// Runs `service` for as long as `body` takes.
    @discardableResult
    static func beside<R: Sendable>(
        _ service: @escaping @Sendable () async throws -> Void, _ body: () async throws -> R
    ) async throws -> R {
        let running = Task { try await service() }
        do {
            let result = try await body()
            running.cancel()
            try await running.value
            return result
        } catch {
            running.cancel()
            _ = await running.result
            throw error
        }
    }

    // MARK: Requests to the publisher

    func get(_ path: String, _ headers: HTTPHeaders = [:], method: String = "GET") async throws -> HTTPClient.Response {
        try await client.send(
            HTTPClient.Request(method: method, url: publisher.endpoint.url + path, headers: headers), limit: 256 << 20)
    }

    /// The current bytes of a file, by its path.
    func download(_ relative: String) async throws -> [UInt8] {
        let response = try await get("/api/download/" + PercentEncoding.path("foo/" + relative))
        #expect(response.status == 200, "\(response.text)")
        return response.body
    }

    // MARK: What the broker says

    /// Waits until a file is published with these bytes.
    @discardableResult
    func published(_ name: String, _ bytes: [UInt8]) async throws -> Dataset {
        let version = try Content.version(bytes)
        let view = try await watch.until("'\(name)' with its bytes") { $0[name]?.version == version }
        return try #require(view[name])
    }

    func withdrawn(_ name: String) async throws { try await watch.until("'\(name)' is gone") { $0[name] == nil } }

    /// Waits until everything that happened before this call has passed through the publisher.
    func settled(marker: String = "zz-marker-\(UInt64.random(in: 0...UInt64.max))") async throws {
        try folder.write(marker, [1])
        try await watch.until("the marker") { $0[marker] != nil }
    }
}

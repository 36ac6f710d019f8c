import BrokerService
import Catalogue
import HTTP
import Platform
import Synchronization
import TestSupport
import Wire

@testable import SubscriberService

/// A broker, a hand-made publisher of the group `foo`, and subscribers, in this process on free ports.
final class Network: Sendable {
    let publisher = HandMadePublisher()
    let client = HTTPClient(.init(idleTimeout: Patience.limit))
    let folder: String
    private let state: Locked<State>

    private struct State {
        var broker: (endpoint: Endpoint, stop: Stop)
        var lease: String
        var publisherURL: String
    }

    /// Ends one service and waits for its end.
    typealias Stop = @Sendable () async -> Void
    private let tasks: Services

    private init(folder: String, tasks: Services, broker: (Endpoint, Stop), publisherURL: String) {
        self.folder = folder
        self.tasks = tasks
        state = Locked(State(broker: (broker.0, broker.1), lease: "", publisherURL: publisherURL))
    }

    static func with(_ body: @Sendable (Network) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            try await Services.with { services in
                let broker = try await startBroker(folder + "/broker", port: ReservedPort.take(), services)
                let network = Network(folder: folder, tasks: services, broker: broker, publisherURL: "")
                try await network.startPublisher()
                try await network.claim()
                try await body(network)
            }
        }
    }

    // MARK: Broker

    private static func startBroker(_ state: String, port: UInt16, _ services: Services) async throws -> (
        Endpoint, Stop
    ) {
        var configuration = Broker.Configuration(listen: Endpoint(host: "127.0.0.1", port: port), state: state)
        configuration.bookmarkInterval = .milliseconds(100)
        configuration.leaseSeconds = 600
        configuration.logger = Logger("broker", level: .error)
        let broker = try await Broker(configuration)
        let stop = services.start { try? await broker.run() }
        return (broker.endpoint, stop)
    }

    var brokerURL: String { state.withLock { $0.broker.endpoint.url } }

    func stopBroker() async { await state.withLock { $0.broker.stop }() }

    /// Stops it, and copies its state to a folder beside it.
    func stopBroker(savingTo backup: String) async throws {
        await stopBroker()
        try FileSystem.createDirectories("\(folder)/\(backup)")
        for name in try FileSystem.list(folder + "/broker").entries.filter({ $0.kind == .regular }).map(\.name) {
            let bytes = try FileSystem.readAll("\(folder)/broker/\(name)", limit: 64 << 20)
            try FileSystem.writeAtomically("\(folder)/\(backup)/\(name)", bytes)
        }
    }

    /// Starts the broker again at the same address.
    ///
    /// - Parameter backup: A folder beside its state that takes its place.
    func restartBroker(forgetting: Bool = false, from backup: String? = nil) async throws {
        await stopBroker()
        if forgetting || backup != nil { try FileSystem.removeTree(folder + "/broker") }
        if let backup { try FileSystem.rename("\(folder)/\(backup)", to: folder + "/broker") }
        let port = state.withLock { $0.broker.endpoint.port }
        let broker = try await Self.startBroker(folder + "/broker", port: port, tasks)
        state.withLock { $0.broker = (broker.0, broker.1) }
        try await claim()
    }

    // MARK: Publisher

    private let publisherStop = Locked<Stop?>(nil)

    private func startPublisher() async throws {
        let server = try HTTPServer(.init(listen: Endpoint(host: "127.0.0.1", port: 0))) { [publisher] in
            publisher.answer($0)
        }
        publisherStop.withLock { $0 = tasks.start { await server.run() } }
        state.withLock { $0.publisherURL = server.endpoint.url }
    }

    func stopPublisher() async { await publisherStop.withLock { $0 }?() }

    private static let secret = String(repeating: "ab", count: 32)

    /// As a publisher that starts does: the group is online.
    ///
    /// - Parameter announced: all that it has is announced.
    func claim(announced: UInt64? = nil) async throws {
        let claim = Claim(
            secret: Self.secret, urls: [state.withLock { $0.publisherURL }], class: "public", announced: announced)
        let answer = try await client.send(
            .init(method: "PUT", url: brokerURL + "/api/publishers/foo", body: SharedBytes(WireJSON.encode(claim))))
        guard answer.status == 200 else { throw TestFailure("claim: \(answer.status) \(answer.text)") }
        let lease = try WireJSON.decode(Lease.self, from: answer.body).lease
        state.withLock { $0.lease = lease }
    }

    /// As a publisher that stops does: the group is offline at once.
    func giveBackLease() async throws {
        let answer = try await client.send(
            .init(
                method: "DELETE", url: brokerURL + "/api/publishers/foo",
                headers: [ProtocolHeader.lease: state.withLock { $0.lease }]))
        guard answer.status < 300 else { throw TestFailure("giving back: \(answer.status) \(answer.text)") }
    }

    /// A publisher of another group, with one dataset.
    func publish(_ name: String, _ bytes: [UInt8], inOtherGroup group: String) async throws -> HandMadePublisher {
        let publisher = HandMadePublisher()
        let url = try serve { publisher.answer($0) }
        let claim = Claim(secret: String(repeating: "cd", count: 32), urls: [url], class: "public")
        let claimed = try await client.send(
            .init(
                method: "PUT", url: brokerURL + "/api/publishers/" + group, body: SharedBytes(WireJSON.encode(claim))))
        let dataset = Dataset(
            path: try DatasetPath(group + "/" + name), version: try publisher.add(bytes), size: Int64(bytes.count),
            modified: 1)
        let answer = try await client.send(
            .init(
                method: "POST", url: brokerURL + "/api/changes",
                headers: [ProtocolHeader.lease: try WireJSON.decode(Lease.self, from: claimed.body).lease],
                body: SharedBytes(WireJSON.encode(Announcements([.put(dataset)])))))
        guard answer.status == 200 else { throw TestFailure("announce: \(answer.status) \(answer.text)") }
        return publisher
    }

    /// Publishes `bytes` as `foo/name`.
    @discardableResult func publish(_ name: String, _ bytes: [UInt8]) async throws -> Version {
        let version = try publisher.add(bytes)
        let dataset = Dataset(
            path: try DatasetPath("foo/" + name), version: version, size: Int64(bytes.count), modified: 1)
        try await announce(.put(dataset))
        return version
    }

    func announce(_ change: Announcement) async throws { try await announce([change]) }

    func announce(_ changes: [Announcement]) async throws {
        let answer = try await client.send(
            .init(
                method: "POST", url: brokerURL + "/api/changes",
                headers: [ProtocolHeader.lease: state.withLock { $0.lease }],
                body: SharedBytes(WireJSON.encode(Announcements(changes)))))
        guard answer.status == 200 else { throw TestFailure("announce: \(answer.status) \(answer.text)") }
    }

    /// Starts a server of the test's own, and gives its URL.
    func serve(_ answer: @escaping @Sendable (HTTPRequest) async -> HTTPResponse) throws -> String {
        let server = try HTTPServer(.init(listen: Endpoint(host: "127.0.0.1", port: 0))) { await answer($0) }
        _ = tasks.start { await server.run() }
        return server.endpoint.url
    }

    /// Runs a service beside the others.
    @discardableResult func start(_ run: @escaping @Sendable () async -> Void) -> Stop { tasks.start(run) }

    // MARK: Subscribers

    func subscriber(
        _ name: String = "subscriber", broker: String? = nil,
        _ change: (inout Subscriber.Configuration) -> Void = { _ in }
    ) async throws -> TestSubscriber {
        var configuration = Subscriber.Configuration(
            listen: Endpoint(host: "127.0.0.1", port: 0), broker: broker ?? brokerURL, state: "\(folder)/\(name)",
            log: Logger("subscriber", level: .error))
        // Publishers that fall silent are a test's subject, or wait for its word.
        configuration.fetchTimeout = Patience.limit
        change(&configuration)
        let subscriber = try await Subscriber(configuration)
        let stop = tasks.start { await subscriber.run() }
        return TestSubscriber(
            url: subscriber.endpoint.url, state: configuration.state, client: client, stop: stop,
            parts: subscriber.parts)
    }
}

/// Services as children of one task group, each of which can be stopped by itself.
final class Services: Sendable {
    private let starts: AsyncStream<@Sendable () async -> Void>.Continuation

    private init(_ starts: AsyncStream<@Sendable () async -> Void>.Continuation) { self.starts = starts }

    static func with(_ body: @Sendable (Services) async throws -> Void) async throws {
        let (jobs, continuation) = AsyncStream.makeStream(of: (@Sendable () async -> Void).self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await withDiscardingTaskGroup { services in
                    for await job in jobs { services.addTask { await job() } }
                    services.cancelAll()
                }
            }
            defer { group.cancelAll() }
            try await body(Services(continuation))
        }
    }

    func start(_ run: @escaping @Sendable () async -> Void) -> Network.Stop {
        let stop = Gate(), ended = Gate()
        starts.yield {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await run() }
                group.addTask { try? await stop.wait() }
                await group.next()
                group.cancelAll()
            }
            ended.open()
        }
        return {
            stop.open()
            try? await ended.wait()
        }
    }
}

import BrokerService
import Catalogue
import HTTP
import Platform
import PublisherService
import TestSupport
import Testing

@testable import SubscriberService

/// The unmodified clients from PyPI against a real publisher and a subscriber that holds nothing yet.
@Suite(
    .enabled(if: TestPython.isInstalled, "scripts/setup.sh --tests installs the clients"), .patient)
struct PythonClientTests {
    private static let script = TestPython.packageFolder + "/Tests/Python/read_clients.py"

    /// A subscriber of a group `@public` with what the script has made.
    static func with(_ body: @Sendable (TestSubscriber, String) async throws -> Void) async throws {
        try await Network.with { network in
            let data = network.folder + "/data"
            try FileSystem.createDirectories(data)
            try await run(["make", data])
            try await network.publish(folder: data, as: "@public")
            let subscriber = try await network.subscriber()
            try await subscriber.wait("all is listed") {
                try await subscriber.ask("/api/list/@public").text.contains("last.txt")
            }
            try await body(subscriber, data)
        }
    }

    static func run(_ arguments: [String]) async throws {
        try await ChildProcess.with(TestPython.path, [script] + arguments) { process in
            let end = try await process.exit(within: Patience.limit * 6)
            #expect(end == .exited(0), "\(process.transcript)")
        }
    }

    @Test("Every read call of caterva2's client gives what is in the files", arguments: ["caterva2", "blosc2", "urls"])
    func clients(_ part: String) async throws {
        try await Self.with { subscriber, data in try await Self.run([part, subscriber.url, data]) }
    }

    @Test("Files that Caterva2 has packed are listed, read and downloaded as what they are")
    func packedFiles() async throws {
        try await Network.with { network in
            let data = network.folder + "/data"
            try FileSystem.createDirectories(data)
            try await Self.run(["make-packed", data])
            try await network.publish(folder: data, as: "@public", unpacking: true)
            let subscriber = try await network.subscriber()
            try await subscriber.wait("all is listed") {
                let list = try await subscriber.ask("/api/list/@public").text
                return ["last.txt\"", "nothing\"", "noise.bin\"", "array.b2\""].allSatisfy(list.contains)
            }
            try await Self.run(["packed", subscriber.url, data])
        }
    }

    @Test("Programs that look around by links find every folder and file")
    func fsspec() async throws {
        try await Self.with { subscriber, data in try await Self.run(["fsspec", subscriber.url, data]) }
    }

    @Test("What a client opens by URL costs a cold subscriber little more than what it reads")
    func openingIsCheap() async throws {
        try await Self.with { subscriber, data in
            try await Self.run(["cheap", subscriber.url, data])
            let size = try FileIdentity(path: data + "/dir/cube.b2nd").size
            let fetched = try await subscriber.status().transfers.fetchedBytes
            // One of eight chunks, because the client asks for all of it, and blocks of another.
            #expect(fetched < size / 7, "\(fetched) bytes of \(size)")
        }
    }
}

extension Network {
    /// Starts a real publisher of a folder, waits until the broker knows all of it, and gives what ends it.
    @discardableResult func publish(folder: String, as group: String, unpacking: Bool = false) async throws -> Stop {
        var configuration = Publisher.Configuration(
            group: group, folder: folder, broker: brokerURL, listen: Endpoint(host: "127.0.0.1", port: 0),
            state: self.folder + "/publisher")
        configuration.settle = .milliseconds(10)
        configuration.caterva2Files = unpacking
        configuration.logger = Logger("publisher", level: .error)
        let publisher = try await Publisher(configuration)
        let stop = start { try? await publisher.run() }
        try await Eventually.holds("all is announced") {
            publisher.datasetCount > 0 && publisher.pendingCount == 0 && publisher.isAnnouncing
        }
        return stop
    }
}

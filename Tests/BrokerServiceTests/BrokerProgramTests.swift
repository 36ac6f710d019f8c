import BrokerService
import Catalogue
import HTTP
import Platform
import TestSupport
import Testing
import Wire

/// The program itself.
@Suite(.patient) struct BrokerProgramTests {
    private let client = HTTPClient(.init(idleTimeout: Patience.limit))

    private func claim(_ url: String) async throws -> Lease {
        let claim = Claim(secret: BrokerHarness.secrets[0], urls: ["http://here:8001"], class: "public")
        let response = try await client.send(
            HTTPClient.Request(
                method: "PUT", url: url + "/api/publishers/foo", body: SharedBytes(WireJSON.encode(claim))))
        return try WireJSON.decode(Lease.self, from: response.body)
    }

    private func announce(_ url: String, _ lease: Lease, _ paths: [String]) async throws -> [Revision] {
        let body = WireJSON.encode(Announcements(try paths.map { .put(try Sample.dataset($0)) }))
        let response = try await client.send(
            HTTPClient.Request(
                method: "POST", url: url + "/api/changes", headers: [ProtocolHeader.lease: lease.lease],
                body: SharedBytes(body)))
        return try WireJSON.decode(Acknowledgement.self, from: response.body).revisions
    }

    private func datasets(_ url: String) async throws -> [String: Dataset] {
        let response = try await client.send(HTTPClient.Request(url: url + "/api/datasets"))
        return try WireJSON.decode([String: Dataset].self, from: response.body)
    }

    @Test func whatWasAcknowledgedSurvivesTheDeathOfTheBroker() async throws {
        let folder = try TemporaryFolder()
        let arguments = [
            "--listen", "127.0.0.1:0", "--state", folder["state"], "--log-level", "error", "--lease", "600",
        ]
        var acknowledged: [String: Revision] = [:]
        for round in 0..<3 {
            try await ChildProcess.with("bpubsub-broker", arguments) { broker in
                let url = try await broker.url()
                for (path, revision) in acknowledged {
                    #expect(revision > 0)
                    #expect(try await datasets(url)[path] != nil)
                }
                let lease = try await claim(url)
                for batch in 0..<20 {
                    let paths = (0..<5).map { "foo/\(round)/\(batch)/\($0)" }
                    for (path, revision) in zip(paths, try await announce(url, lease, paths)) {
                        acknowledged[path] = revision
                    }
                }
                // Dies while it writes.
                async let unanswered = announce(url, lease, (0..<1000).map { "foo/\(round)/last/\($0)" })
                broker.kill()
                _ = try? await unanswered
                try await broker.exit()
            }
        }
        try await ChildProcess.with("bpubsub-broker", arguments) { broker in
            let found = try await datasets(try await broker.url())
            #expect(Set(acknowledged.keys).isSubset(of: found.keys))
            // A batch is there as a whole or not at all.
            for round in 0..<3 {
                let count = found.keys.count { $0.hasPrefix("foo/\(round)/last/") }
                #expect(count == 0 || count == 1000)
            }
        }
    }

    @Test func itStopsAtOnceWhenItIsTold() async throws {
        let folder = try TemporaryFolder()
        let arguments = ["--listen", "127.0.0.1:0", "--state", folder["state"]]
        try await ChildProcess.with("bpubsub-broker", arguments) { broker in
            let url = try await broker.url()
            async let watching: Void = client.lines(
                HTTPClient.Request(url: url + "/api/changes"), onHead: { _ in broker.terminate() }, onLine: { _ in })
            let exit = try await broker.exit()
            #expect(exit == .exited(0))
            try await watching
        }
    }

    @Test func aDamagedLogIsOneLineThatSaysWhatToDo() async throws {
        let folder = try TemporaryFolder()
        try FileSystem.createDirectories(folder["state"])
        try folder.write([UInt8](repeating: 65, count: 10_000), to: "state/log.db")
        let arguments = ["--listen", "127.0.0.1:0", "--state", folder["state"]]
        try await ChildProcess.with("bpubsub-broker", arguments) { broker in
            let exit = try await broker.exit()
            #expect(exit == .exited(1))
            #expect(broker.lines(.error).count == 1, "\(broker.transcript)")
            #expect(broker.lines(.error).first?.contains("\(folder.path)/state/log.db") ?? false)
            #expect(broker.lines(.error).first?.contains("move it away") ?? false)
        }
        #expect(try folder.read("state/log.db").count == 10_000)
    }

    @Test func wrongArgumentsAreOneLine() async throws {
        for (arguments, status) in [
            (["--lease", "never"], Int32(2)), (["--listen", "nowhere"], 2), (["--unknown"], 2), (["extra"], 2),
            (["--state", "/proc/nothing/here", "--listen", "127.0.0.1:0"], 1),
        ] {
            try await ChildProcess.with("bpubsub-broker", arguments) { broker in
                let exit = try await broker.exit()
                #expect(exit == .exited(status))
                #expect(broker.lines(.error).count == 1, "\(broker.transcript)")
                #expect(broker.lines(.output).isEmpty)
            }
        }
    }
}

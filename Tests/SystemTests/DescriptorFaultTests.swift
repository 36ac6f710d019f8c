import Catalogue
import HTTP
import Platform
import TestSupport
import Testing

/// Programs that may have few files and connections open.
@Suite(.serialized) struct DescriptorFaultTests {
    /// Starts a program through a shell that lowers the limit.
    private func run(_ program: String, _ limit: Int, _ arguments: [String]) throws -> ChildProcess {
        let path = try BuiltPrograms.path(of: program)
        return try ChildProcess("/bin/sh", ["-c", "ulimit -n \(limit); exec \"$0\" \"$@\"", path] + arguments)
    }

    private static func threads(of process: ChildProcess) throws -> [String] {
        let tasks = "/proc/\(process.processIdentifier)/task"
        return try FileSystem.list(tasks).entries.compactMap { task in
            // It may have ended meanwhile.
            guard let name = try? FileSystem.readAll("\(tasks)/\(task.name)/comm", limit: 64) else { return nil }
            return String(decoding: name.filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        }
    }

    @Test(arguments: [100, 150])
    func aSubscriberWithFewDescriptorsSurvivesACrowdAndServesAllAfterwards(_ limit: Int) async throws {
        try await World.with { world in
            try await world.startBroker()
            for index in 0..<100 { try world.write("f\(index)", [UInt8](repeating: UInt8(index), count: 5000)) }
            try await world.startPublisher()
            let subscriber = try run(
                "bpubsub-subscriber", limit,
                ["--broker", world.brokerURL(), "--listen", "127.0.0.1:0", "--state", "\(world.folder)/few"])
            defer { subscriber.kill() }
            let url = try await subscriber.url()
            let client = HTTPClient(.init(maxConcurrent: 40))
            let get = { @Sendable (path: String) in
                try await client.send(.init(url: url + path, idleTimeout: Patience.limit))
            }
            try await Eventually.holds("all are listed", every: .milliseconds(100)) {
                guard let list = try? await get("/api/list"), list.isSuccess else { return false }
                return try WireJSON.decode([String].self, from: list.body).count == 100
            }
            // More at a time than there are descriptors for: each is answered, or told to come again.
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        do {
                            let answer = try await get("/api/download/foo/f\(index % 100)")
                            #expect([200, 503].contains(answer.status), "\(answer.status): \(answer.text)")
                        } catch {
                            Issue.record("f\(index % 100) is not answered: \(error)\n\(subscriber.transcript)")
                        }
                    }
                }
            }
            let transfers = try Self.threads(of: subscriber).count { $0 == "http-client" }
            #expect(transfers <= DescriptorPlan(limit: limit).transfers, "\(subscriber.transcript)")
            for index in 0..<100 {
                try await Eventually.holds("f\(index) is served", every: .milliseconds(50)) {
                    guard let answer = try? await get("/api/download/foo/f\(index)"), answer.isSuccess else {
                        return false
                    }
                    return answer.body == [UInt8](repeating: UInt8(index), count: 5000)
                }
            }
        }
    }

    @Test func tooFewDescriptorsAreNamedAtTheStart() async throws {
        try await withTemporaryFolder { folder in
            for limit in [16, 40] {
                let broker = try run(
                    "bpubsub-broker", limit, ["--listen", "127.0.0.1:0", "--state", "\(folder)/state"])
                defer { broker.kill() }
                #expect(try await broker.exit() == .exited(1))
                #expect(broker.transcript.contains("ulimit -n"), "\(broker.transcript)")
            }
        }
    }
}

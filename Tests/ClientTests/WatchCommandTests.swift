import Catalogue
import Platform
import Synchronization
import TestSupport
import Testing

@testable import Client

@Suite("The watch command", .patient)
struct WatchCommandTests {
    /// Runs `watch` until `body` has ended.
    func watch(
        _ url: String, _ arguments: [String] = [], _ output: CollectedOutput, _ body: @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await ClientProgram.run(["watch", "--subscriber", url] + arguments, [:], output: output) {
                    output.print("note: \($0)\n")
                }
            }
            try await body()
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
    }

    func awaitLines(_ count: Int, _ output: CollectedOutput) async throws {
        try await Eventually.holds("\(count) lines, not \(output.text)") { output.lines.count >= count }
    }

    @Test("changes are printed as they happen, and across a lost connection nothing is missed")
    func reconnect() async throws {
        let a = try SampleDataset("foo/a", [1]), b = try SampleDataset("foo/b", [2]),
            c = try SampleDataset("foo/c", [3])
        let subscriber = FakeSubscriber([a])
        let group = { @Sendable (isOnline: Bool) in
            Group(name: "foo", publisher: "", urls: ["http://a:1"], class: "public", online: isOnline, since: 0)
        }
        subscriber.state.withLock { $0.groups = [group(true)] }
        let output = CollectedOutput()
        try await subscriber.serve { url in
            try await watch(url, [], output) {
                try await subscriber.watchers(1)
                subscriber.send(event: "status", "{}")
                subscriber.send(.change(5, .put(b.dataset)))
                try await awaitLines(1, output)
                subscriber.state.withLock { state in
                    state.datasets["foo/c"] = c
                    state.datasets["foo/b"] = b
                    state.datasets["foo/a"] = nil
                    state.groups = [group(false)]
                }
                subscriber.endStreams()
                try await awaitLines(6, output)
                subscriber.send(.change(9, .delete(c.dataset.path)))
                try await awaitLines(7, output)
            }
        }
        let words = output.lines.map {
            $0.split(separator: " ").dropFirst($0.hasPrefix("note") ? 0 : 2).prefix(2).joined(separator: " ")
        }
        #expect(words[0] == "added foo/b")
        #expect(words[1].hasPrefix("note: lost") && words[2].hasPrefix("note: connected"))
        #expect(words[3...] == ["offline foo", "removed foo/a", "added foo/c", "removed foo/c"])
    }

    @Test("JSON lines are those of the feed")
    func json() async throws {
        let subscriber = FakeSubscriber([])
        let output = CollectedOutput()
        let line = FeedLine.change(5, .put(try SampleDataset("foo/a", [1]).dataset))
        try await subscriber.serve { url in
            try await watch(url, ["--json", "foo/*"], output) {
                try await subscriber.watchers(1)
                subscriber.send(line)
                try await awaitLines(1, output)
            }
        }
        #expect(output.text == String(decoding: line.encoded, as: UTF8.self) + "\n")
    }

    @Test("a subscriber that is not there is an error, and not a long wait")
    func unreachable() async throws {
        let gone = try await FakeSubscriber([]).serve { $0 }
        let error = await #expect(throws: ClientError.self) {
            try await ClientProgram.run(["watch", "--subscriber", gone], [:], output: CollectedOutput()) { _ in }
        }
        #expect(error?.code == .unreachable)
    }
}

import Catalogue
import HTTP
import Platform
import Synchronization
import TestSupport
import Testing

/// Plays stories of the web page: one Python and one browser for all of them, which take longer to start than most stories
/// take to be played. After a story that fails or hangs there are new ones, so that the next finds nothing of it.
final class StoryPlayer: Sendable {
    static let folder = TestPython.packageFolder + "/Tests/Python/page"

    /// Of the suite that runs.
    @TaskLocal static var current: StoryPlayer?

    private struct Running {
        let process: ChildProcess
        let url: String
    }

    private let running = Locked<Running?>(nil)
    // No byte comes while a story is played.
    private let client = HTTPClient(.init(idleTimeout: Patience.limit * 6))

    /// Makes the files that a story is about.
    func make(_ story: String, folder: String) async throws { try await ask("/make", [story, folder]) }

    /// Plays it.
    func play(_ story: String, _ arguments: [String]) async throws { try await ask("/play", [story] + arguments) }

    private func ask(_ path: String, _ question: [String]) async throws {
        let player = try await player()
        do {
            let body = SharedBytes(WireJSON.encode(question))
            let answer = try await client.send(.init(method: "POST", url: player.url + path, body: body))
            guard answer.status == 200 else { throw TestFailure(answer.text) }
            // Figures, for who looks at them.
            print(answer.text, terminator: "")
        } catch {
            player.process.kill()
            running.withLock { $0 = nil }
            throw TestFailure("\(path) \(question[0]): \(error)\n\(player.process.transcript)")
        }
    }

    /// What plays now. The stories of a suite are played one after the other, so nobody else starts one meanwhile.
    private func player() async throws -> Running {
        if let player = running.withLock({ $0 }) { return player }
        // With the programs of this build, which stories may call by their names.
        let programs = FileSystem.folder(of: try BuiltPrograms.path(of: "bpubsub"))
        let path = "\(programs):\(Environment.current["PATH"] ?? "/usr/bin")"
        let process = try ChildProcess(TestPython.path, [Self.folder], environment: ["PATH": path])
        do {
            let player = Running(process: process, url: try await process.url())
            running.withLock { $0 = player }
            return player
        } catch {
            process.kill()
            throw error
        }
    }

    /// Ends it, and its browser.
    func end() async throws {
        guard let process = running.withLock({ $0.take() })?.process else { return }
        defer { process.kill() }
        process.terminate()
        #expect(try await process.exit() == .exited(0), "\(process.transcript)")
    }
}

/// Gives a suite a player of stories, and ends it with the suite.
struct StoryPlaying: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        let player = StoryPlayer()
        do {
            try await StoryPlayer.$current.withValue(player) { try await function() }
        } catch {
            try? await player.end()
            throw error
        }
        try await player.end()
    }
}

extension Trait where Self == StoryPlaying {
    static var playsStories: Self { Self() }
}

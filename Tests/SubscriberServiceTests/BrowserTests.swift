import HTTP
import Platform
import TestSupport
import Testing

@testable import SubscriberService

/// The web page in a real browser, in front of a real publisher, broker and subscriber.
@Suite(
    .enabled(if: TestPython.isInstalled, "scripts/setup.sh --tests installs the browser"), .serialized,
    .patient)
struct BrowserTests {
    private static let script = TestPython.packageFolder + "/Tests/Python/page"

    /// The stories are files in `Tests/Python/page/stories`; a new one needs nothing here. `PAGE_STORIES` in the environment
    /// chooses some, as in `PAGE_STORIES=walk,live`.
    private static let stories: [String] = {
        let names = (try? FileSystem.list(script + "/stories").entries.map(\.name)) ?? []
        let stories = names.filter { $0.hasSuffix(".py") }.map { String($0.dropLast(3)) }.sorted()
        guard let chosen = Environment.current["PAGE_STORIES"]?.split(separator: ",").map(String.init) else {
            return stories
        }
        return stories.filter { chosen.contains($0) }
    }()

    private static func run(_ arguments: [String]) async throws {
        // With the programs of this build, which stories may call by their names.
        let programs = FileSystem.folder(of: try BuiltPrograms.path(of: "bpubsub"))
        let path = "\(programs):\(Environment.current["PATH"] ?? "/usr/bin")"
        try await ChildProcess.with(TestPython.path, [script] + arguments, environment: ["PATH": path]) { process in
            let end = try await process.exit(within: Patience.limit * 6)
            #expect(end == .exited(0), "\(process.transcript)")
            // Figures, for who looks at them.
            for line in process.lines(.output) where end == .exited(0) { print(line) }
        }
    }

    @Test("The stories are found") func storiesAreFound() { #expect(!Self.stories.isEmpty) }

    @Test("The web page serves a person with a browser", arguments: stories)
    func looking(_ story: String) async throws {
        try await Network.with { network in
            let stage = try PageStage(network)
            try await Self.run(["make", story, stage.data])
            let subscriber = try await stage.open()
            try await Self.run(["play", story, subscriber.url, network.brokerURL, stage.data, try stage.direct()])
        }
    }
}

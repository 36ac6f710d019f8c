import HTTP
import Platform
import TestSupport
import Testing

@testable import SubscriberService

/// The web page in a real browser, in front of a real publisher, broker and subscriber.
@Suite(
    .enabled(if: TestPython.isInstalled, "scripts/setup.sh --tests installs the browser"), .serialized,
    .patient, .playsStories)
struct BrowserTests {
    /// The stories are files in `Tests/Python/page/stories`; a new one needs nothing here. `PAGE_STORIES` in the environment
    /// chooses some, as in `PAGE_STORIES=walk,live`.
    private static let stories: [String] = {
        let names = (try? FileSystem.list(StoryPlayer.folder + "/stories").entries.map(\.name)) ?? []
        let stories = names.filter { $0.hasSuffix(".py") }.map { String($0.dropLast(3)) }.sorted()
        guard let chosen = Environment.current["PAGE_STORIES"]?.split(separator: ",").map(String.init) else {
            return stories
        }
        return stories.filter { chosen.contains($0) }
    }()

    @Test("The stories are found") func storiesAreFound() { #expect(!Self.stories.isEmpty) }

    @Test("The web page serves a person with a browser", arguments: stories)
    func looking(_ story: String) async throws {
        let player = try #require(StoryPlayer.current)
        try await Network.with { network in
            let stage = try PageStage(network)
            try await player.make(story, folder: stage.data)
            let subscriber = try await stage.open()
            try await player.play(story, [subscriber.url, network.brokerURL, stage.data, try stage.direct()])
        }
    }
}

import HTTP
import Platform
import TestSupport
import Testing

@testable import SubscriberService

/// The web page in a real browser, in front of a real publisher, broker and subscriber.
@Suite(
    .enabled(if: TestPython.isInstalled, "scripts/setup.sh --tests installs the browser"), .serialized,
    .timeLimit(.minutes(4)))
struct BrowserTests {
    private static let script = TestPython.packageFolder + "/Tests/Python/browse_page.py"

    private static func run(_ arguments: [String]) async throws {
        try await ChildProcess.with(TestPython.path, [script] + arguments) { process in
            let end = try await process.exit(within: .seconds(200))
            #expect(end == .exited(0), "\(process.transcript)")
        }
    }

    // Somebody finds a picture and takes it away; sees changes as they happen; names that are markup stay text; texts and
    // tables of values; all of it without a mouse.
    @Test(
        "The web page serves a person with a browser",
        arguments: ["walk", "live", "hostile", "contents", "keyboard"])
    func looking(_ part: String) async throws {
        try await Network.with { network in
            let data = network.folder + "/data"
            try FileSystem.createDirectories(data)
            try await Self.run(["make", data])
            try await network.publish(folder: data, as: "pictures")
            let subscriber = try await network.subscriber()
            try await subscriber.wait("all is listed") {
                try await subscriber.ask("/api/list/pictures").text.contains("last.txt")
            }
            try await Self.run([part, subscriber.url, data])
        }
    }
}

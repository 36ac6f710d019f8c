import HTTP
import Platform
import TestSupport
import Testing

@testable import SubscriberService

/// Views of arrays that Python wrote, beside what NumPy makes of them.
@Suite(
    .enabled(if: TestPython.isInstalled, "scripts/setup.sh --tests installs NumPy"), .patient)
struct ViewReferenceTests {
    private static func run(_ arguments: [String]) async throws {
        let script = TestPython.packageFolder + "/Tests/Python/reduce_views.py"
        try await ChildProcess.with(TestPython.path, [script] + arguments) { process in
            let end = try await process.exit(within: Patience.limit * 6)
            #expect(end == .exited(0), "\(process.transcript)")
        }
    }

    @Test("Hundreds of random views of arrays of all kinds are what NumPy makes of them")
    func viewsAreThoseOfNumPy() async throws {
        try await Network.with { network in
            let data = network.folder + "/data"
            try FileSystem.createDirectories(data)
            try await Self.run(["make", data])
            try await network.publish(folder: data, as: "arrays")
            let subscriber = try await network.subscriber()
            try await subscriber.wait("all is listed") {
                try await subscriber.ask("/api/list/arrays").text.contains("last.txt")
            }
            try await Self.run(["compare", subscriber.url, data])
        }
    }
}

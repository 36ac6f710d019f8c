import Catalogue
import HTTP
import Platform
import PublisherService
import TestSupport
import Testing

/// Folders that have no events.
@Suite(.patient) struct PollingTests {
    @Test func filesComeChangeMoveAndGo() async throws {
        try await PublisherHarness.run({
            $0.poll = .milliseconds(50)
            $0.settle = .milliseconds(100)
        }) { harness in
            try harness.folder.makeFolder("sub")
            try harness.folder.write("sub/a", [1])
            try await harness.published("sub/a", [1])
            try harness.folder.write("sub/a", [2, 2])
            try await harness.published("sub/a", [2, 2])
            // The same size, in the same tick perhaps.
            try harness.folder.write("sub/a", [3, 3])
            try await harness.published("sub/a", [3, 3])
            try harness.folder.rename("sub", to: "other")
            try await harness.published("other/a", [3, 3])
            try await harness.withdrawn("sub/a")
            try harness.folder.remove("other")
            try await harness.withdrawn("other/a")
        }
    }

    @Test func aFileThatGrowsIsNotAnnouncedUntilItRests() async throws {
        let settle = Duration.seconds(2)
        try await PublisherHarness.run({
            $0.poll = .milliseconds(20)
            $0.settle = settle
        }) { harness in
            // A writer whom the machine has held up for as long as a file has to rest shows nothing: another one, then.
            for attempt in 0... {
                let name = "grows\(attempt)"
                var file: FileDescriptor? = try harness.folder.open(name)
                var bytes: [UInt8] = [], longest = Duration.zero, last = ContinuousClock.now
                // As long as another file takes to be published, which is several walks.
                try harness.folder.write("other\(attempt)", [1])
                while harness.watch.view["other\(attempt)"] == nil {
                    try file?.put([UInt8(truncatingIfNeeded: bytes.count)], at: Int64(bytes.count))
                    bytes.append(UInt8(truncatingIfNeeded: bytes.count))
                    try await Task.sleep(for: .milliseconds(5))
                    longest = max(longest, .now - last)
                    last = .now
                }
                let isAnnounced = harness.watch.view[name] != nil
                longest = max(longest, .now - last)
                file = nil
                try await harness.published(name, bytes)
                guard longest >= settle else {
                    #expect(!isAnnounced)
                    break
                }
            }
        }
    }
}

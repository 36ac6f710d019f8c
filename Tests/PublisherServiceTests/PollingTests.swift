import Catalogue
import HTTP
import Platform
import PublisherService
import TestSupport
import Testing

/// Folders that have no events.
@Suite(.timeLimit(.minutes(2))) struct PollingTests {
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
        try await PublisherHarness.run({
            $0.poll = .milliseconds(20)
            // Much longer than a busy machine may hold up the writer below.
            $0.settle = .seconds(2)
        }) { harness in
            var file: FileDescriptor? = try harness.folder.open("grows")
            var bytes: [UInt8] = []
            // As long as another file takes to be published, which is several walks.
            try harness.folder.write("other", [1])
            while harness.watch.view["other"] == nil {
                try file?.put([UInt8(truncatingIfNeeded: bytes.count)], at: Int64(bytes.count))
                bytes.append(UInt8(truncatingIfNeeded: bytes.count))
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(harness.watch.view["grows"] == nil)
            file = nil
            try await harness.published("grows", bytes)
        }
    }
}

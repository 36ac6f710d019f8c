import BrokerService
import Catalogue
import HTTP
import Platform
import PublisherService
import TestSupport
import Testing

/// Packed files that are not whole, and what is kept of them over a restart.
@Suite(.patient) struct PackedStateTests {
    @Test func aPackedFileThatIsCaughtHalfWrittenWaitsForItsRest() async throws {
        let old = try Content.packed(PackedTests.text), new = try Content.packed(PackedTests.text.reversed())
        try await PackedTests.run(
            { $0.frameLimit = .seconds(3600) }, prepare: { try $0.write("a.b2", old) }
        ) { harness in
            try await harness.published("a", PackedTests.text)
            // As one that closes its file after each step: nothing, no whole header, a header alone, one without its end.
            for length in [0, 50, 97, new.count / 2] {
                for name in ["a.b2", "b.b2"] { try harness.folder.write(name, Array(new.prefix(length))) }
                try await PackedTests.letThingsSettle(harness)
            }
            for name in ["a.b2", "b.b2"] { try harness.folder.write(name, new) }
            for name in ["a", "b"] { try await harness.published(name, PackedTests.text.reversed()) }
            let history = harness.watch.view.history.filter { !$0.path.relative.hasPrefix("zz-marker") }
            #expect(history.map(\.path.relative).sorted() == ["a", "a", "b"])
        }
    }

    @Test func aWriterThatPausesWithItsFileOpenIsWaitedFor() async throws {
        let new = try Content.packed(PackedTests.text.reversed())
        try await PackedTests.run(
            {
                $0.settle = .milliseconds(50)
                $0.open = .seconds(3600)
                $0.frameLimit = .milliseconds(60)
            }, prepare: { try $0.write("a.b2", try Content.packed(PackedTests.text)) }
        ) { harness in
            try await harness.published("a", PackedTests.text)
            var file: FileDescriptor? = try harness.folder.open("a.b2")
            try file?.resize(to: 0)
            for range in [0..<0, 0..<300, 300..<new.count] {
                try await PackedTests.letThingsSettle(harness)
                try await Task.sleep(for: .milliseconds(200))
                try file?.put(new[range], at: Int64(range.lowerBound))
            }
            file = nil
            try await harness.published("a", PackedTests.text.reversed())
            #expect(harness.watch.view.history(of: "a").map { $0?.size } == [2_500_000, 2_500_000])
            #expect(harness.watch.view.history(of: "a.b2").isEmpty)
        }
    }

    @Test func withoutEventsWalksFindPackedFiles() async throws {
        try await PackedTests.run({
            $0.poll = .milliseconds(100)
            $0.settle = .milliseconds(50)
        }) { harness in
            try harness.folder.write("a.b2", try Content.packed([1]))
            harness.folder.setTime("a.b2", seconds: 1_700_000_000)
            try await harness.published("a", [1])
            try harness.folder.write("a.b2", try Content.packed([2, 2]))
            try await harness.published("a", [2, 2])
            try harness.folder.rename("a.b2", to: "b.b2")
            try await harness.published("b", [2, 2])
            try await harness.withdrawn("a")
            try harness.folder.remove("b.b2")
            try await harness.withdrawn("b")
            #expect(harness.watch.view.history.allSatisfy { !$0.path.relative.hasSuffix(".b2") })
        }
    }

    @Test func whatCannotBeUnpackedIsWithdrawnUntilItCan() async throws {
        let good = try Content.packed(PackedTests.text)
        var torn = good
        // The table of blocks of the first chunk, and some of the blocks.
        for place in 129..<2000 { torn[place] = 0xff }
        let short = Array(good.dropLast(100))
        let other = try Content.packed(PackedTests.text, claiming: Int64(PackedTests.text.count) + 1)
        try await PackedTests.run({ $0.frameLimit = .milliseconds(60) }) { [torn] harness in
            for (index, bytes) in [torn, short, other].enumerated() {
                try harness.folder.write("a.b2", good)
                try await harness.published("a", PackedTests.text)
                if index == 1 {
                    try harness.folder.write("a.b2", bytes)
                } else {
                    try harness.folder.write(".a", bytes)
                    try harness.folder.rename(".a", to: "a.b2")
                }
                try await harness.withdrawn("a")
                #expect(try await harness.get("/api/download/foo/a").status == 404)
            }
            try harness.folder.write("a.b2", good)
            try await harness.published("a", PackedTests.text)
            #expect(harness.watch.view.history(of: "a.b2").isEmpty)
            // What is no frame at all is what it is.
            try harness.folder.write("a.b2", [1, 2, 3])
            try await harness.withdrawn("a")
            #expect(try await harness.published("a.b2", [1, 2, 3]).warning?.contains("plain file") == true)
        }
    }

    @Test func theOptionMayBeSwitchedBetweenRuns() async throws {
        let bytes: [String: [UInt8]] = ["a": PackedTests.text, "b": [2, 2], "c": [3, 3, 3]]
        var files: [String: [UInt8]] = ["b": [1]]
        for (name, bytes) in bytes { files[name + ".b2"] = try Content.packed(bytes) }
        try await withTemporaryFolder("publisher") { base in
            let folder = try DataFolder(base + "/data")
            for (name, bytes) in files { try folder.write(name, bytes) }
            // One file that has both names.
            try folder.link("c.b2", to: "c")
            files["c"] = files["c.b2"]
            for name in files.keys { folder.setTime(name, seconds: 1_700_000_000) }
            try await PublisherHarness.withBroker(state: base + "/broker") { broker in
                for round in 0..<4 {
                    let isUnpacking = round % 2 == 1
                    try await PublisherHarness.withPublisher(
                        base, folder, broker: broker.endpoint.url, { $0.caterva2Files = isUnpacking }
                    ) { [wanted = isUnpacking ? bytes : files] harness in
                        for (name, bytes) in wanted {
                            try await harness.published(name, bytes)
                            #expect(try await harness.download(name) == bytes)
                        }
                        try await harness.watch.until("these alone") { $0.names == wanted.keys.sorted() }
                    }
                }
            }
        }
    }

    @Test func aRestartDoesNotUnpackAgain() async throws {
        try await withTemporaryFolder("publisher") { base in
            let folder = try DataFolder(base + "/data")
            try folder.write("a.b2", try Content.packed(PackedTests.text))
            folder.setTime("a.b2", seconds: 1_700_000_000)
            try await PublisherHarness.withBroker(state: base + "/broker") { broker in
                try await Eventually.holds("a start that reads nothing") {
                    try await PublisherHarness.withPublisher(
                        base, folder, broker: broker.endpoint.url, { $0.caterva2Files = true }
                    ) { harness in
                        try await harness.published("a", PackedTests.text)
                        #expect(try await harness.download("a") == PackedTests.text)
                        return harness.publisher.statistics.filesRead == 0
                    }
                }
            }
        }
    }
}

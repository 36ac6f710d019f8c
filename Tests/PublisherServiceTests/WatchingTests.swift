import Catalogue
import HTTP
import Platform
import PublisherService
import TestSupport
import Testing

/// The folder changes under a running publisher.
@Suite(.patient) struct WatchingTests {
    @Test func aFileAppearsWhenItsWriterClosesIt() async throws {
        try await PublisherHarness.run { harness in
            let bytes = Content.random(1_000_000, seed: 1)
            try harness.folder.write("a.bin", bytes)
            let dataset = try await harness.published("a.bin", bytes)
            #expect(dataset.size == 1_000_000)
            #expect(try await harness.download("a.bin") == bytes)
        }
    }

    @Test func aHalfWrittenFileIsNotAnnounced() async throws {
        try await PublisherHarness.run({ $0.settle = .seconds(3600) }) { harness in
            let bytes = Content.random(300_000, seed: 2)
            var file: FileDescriptor? = try harness.folder.open("slow.bin")
            try file?.put(bytes[..<100_000])
            try await harness.settled()
            #expect(harness.watch.view["slow.bin"] == nil)
            try file?.put(bytes[100_000...], at: 100_000)
            file = nil
            try await harness.published("slow.bin", bytes)
            #expect(harness.watch.view.history(of: "slow.bin").count == 1)
        }
    }

    @Test func aFileThatIsHeldOpenIsAnnouncedWhenItIsQuiet() async throws {
        try await PublisherHarness.run({
            $0.settle = .milliseconds(100)
            $0.open = .milliseconds(300)
        }) { harness in
            let file = try harness.folder.open("log.txt")
            try file.put(Array("first\n".utf8))
            try await harness.published("log.txt", Array("first\n".utf8))
            try file.put(Array("second\n".utf8), at: 6)
            try await harness.published("log.txt", Array("first\nsecond\n".utf8))
        }
    }

    @Test func rewritingInPlaceAppendingAndTruncatingMakeNewVersions() async throws {
        try await PublisherHarness.run { harness in
            var bytes = Content.random(200_000, seed: 3)
            try harness.folder.write("a.bin", bytes)
            try await harness.published("a.bin", bytes)
            bytes[100_000] ^= 1
            do {
                let file = try harness.folder.open("a.bin")
                try file.put(bytes[100_000..<100_001], at: 100_000)
            }
            try await harness.published("a.bin", bytes)
            do {
                let file = try harness.folder.open("a.bin")
                try file.put(bytes, at: 200_000)
            }
            try await harness.published("a.bin", bytes + bytes)
            do {
                let file = try harness.folder.open("a.bin")
                try file.resize(to: 50_000)
            }
            try await harness.published("a.bin", Array(bytes.prefix(50_000)))
            #expect(harness.watch.view.history(of: "a.bin").allSatisfy { $0 != nil })
        }
    }

    @Test func aRewriteWithinTheSameTickOfTheClockIsSeen() async throws {
        try await PublisherHarness.run { harness in
            var bytes: [UInt8] = []
            for round in 0..<200 {
                bytes = Content.random(100, seed: UInt64(round))
                let file = try harness.folder.open("a.bin")
                try file.put(bytes)
            }
            try await harness.published("a.bin", bytes)
            try await harness.settled()
            #expect(harness.watch.view["a.bin"]?.version == (try Content.version(bytes)))
        }
    }

    @Test func aRemovedFileIsWithdrawn() async throws {
        try await PublisherHarness.run { harness in
            try harness.folder.write("a.bin", [1, 2, 3])
            try await harness.published("a.bin", [1, 2, 3])
            try harness.folder.remove("a.bin")
            try await harness.withdrawn("a.bin")
            #expect(try await harness.get("/api/download/foo/a.bin").status == 404)
        }
    }

    @Test func removingAndMakingAFileAnewIsOneChange() async throws {
        try await PublisherHarness.run { harness in
            try harness.folder.write("a.bin", [1])
            try await harness.published("a.bin", [1])
            try harness.folder.remove("a.bin")
            try harness.folder.write("a.bin", [2])
            try await harness.published("a.bin", [2])
            #expect(harness.watch.view.history(of: "a.bin").count == 2)
        }
    }

    @Test func replacingAFileByRenamingIsOneChange() async throws {
        try await PublisherHarness.run { harness in
            try harness.folder.write("a.bin", [1])
            try await harness.published("a.bin", [1])
            try harness.folder.write(".a.bin.new", [2, 2])
            try harness.folder.rename(".a.bin.new", to: "a.bin")
            try await harness.published("a.bin", [2, 2])
            #expect(harness.watch.view.history(of: "a.bin").count == 2)
            #expect(harness.watch.view.names.allSatisfy { !$0.contains("new") })
        }
    }

    @Test func aSecondNameForAFileIsPublishedWithoutWaiting() async throws {
        try await PublisherHarness.run({ $0.settle = .seconds(3600) }) { harness in
            try harness.folder.write("a.bin", [1, 2])
            try await harness.published("a.bin", [1, 2])
            try harness.folder.link("a.bin", to: "b.bin")
            try await harness.published("b.bin", [1, 2])
        }
    }

    @Test func renamingAFileKeepsItsVersion() async throws {
        try await PublisherHarness.run { harness in
            let bytes = Content.random(100_000, seed: 5)
            try harness.folder.write("a.bin", bytes)
            let before = try await harness.published("a.bin", bytes)
            try harness.folder.rename("a.bin", to: "b.txt")
            let after = try await harness.published("b.txt", bytes)
            try await harness.withdrawn("a.bin")
            #expect(after.version == before.version)
            #expect(after.mediaType == "text/plain")
            #expect(try await harness.download("b.txt") == bytes)
        }
    }

    @Test func touchingAFileKeepsItsVersion() async throws {
        try await PublisherHarness.run { harness in
            try harness.folder.write("a.bin", [7])
            let before = try await harness.published("a.bin", [7])
            harness.folder.setTime("a.bin", seconds: 1_700_000_000)
            let view = try await harness.watch.until("its new time") { $0["a.bin"]?.modified == 1_700_000_000 }
            #expect(view["a.bin"]?.version == before.version)
        }
    }
}

import Catalogue
import HTTP
import Platform
import PublisherService
import TestSupport
import Testing

/// Whole folders come, go and move.
@Suite(.patient) struct FolderTests {
    @Test func filesInNewFoldersAreFoundHoweverFastTheyCome() async throws {
        try await PublisherHarness.run { harness in
            for round in 0..<50 {
                try harness.folder.makeFolder("d\(round)/e/f")
                try harness.folder.write("d\(round)/e/f/a.bin", [UInt8(round)])
                try harness.folder.write("d\(round)/b.bin", [UInt8(round), 1])
            }
            let view = try await harness.watch.until("all files") { $0.count == 100 }
            #expect(view["d7/e/f/a.bin"]?.version == (try Content.version([7])))
        }
    }

    @Test func aRenamedFolderIsNotReadAgain() async throws {
        try await PublisherHarness.run { harness in
            try harness.folder.makeFolder("old/sub")
            for index in 0..<20 { try harness.folder.write("old/sub/\(index).bin", [UInt8(index), 9]) }
            try await harness.watch.until("the files") { $0.count == 20 }
            // A folder's files move one by one: all are there again when the last has its new name.
            @Sendable func isMoved(to name: String) -> @Sendable (CatalogueWatch.View) -> Bool {
                { $0.count == 20 && $0.names.allSatisfy { $0.hasPrefix(name + "/") } }
            }
            // Until the kernel's silence has made the digests trustworthy.
            try await Eventually.holds("the publisher trusts its digests") {
                try harness.folder.rename("old", to: "between")
                try await harness.watch.until("the move", isMoved(to: "between"))
                let before = harness.publisher.statistics.filesRead
                try harness.folder.rename("between", to: "old")
                try await harness.watch.until("the move back", isMoved(to: "old"))
                return harness.publisher.statistics.filesRead == before
            }
            // Changes are seen under the new name.
            try harness.folder.rename("old", to: "new")
            try harness.folder.write("new/sub/3.bin", [3, 3, 3])
            try await harness.published("new/sub/3.bin", [3, 3, 3])
            try await harness.watch.until("the last move", isMoved(to: "new"))
        }
    }

    @Test func foldersMovedInAndOutAreFollowed() async throws {
        try await PublisherHarness.run { harness in
            let outside = try DataFolder(harness.folder.path + "-outside")
            try outside.makeFolder("deep/er")
            try outside.write("deep/a.bin", [1])
            try outside.write("deep/er/b.bin", [2])
            try FileSystem.rename(outside("deep"), to: harness.folder("in"))
            try await harness.published("in/a.bin", [1])
            try await harness.published("in/er/b.bin", [2])
            try harness.folder.write("in/er/c.bin", [3])
            try await harness.published("in/er/c.bin", [3])
            try FileSystem.rename(harness.folder("in"), to: outside("out"))
            try await harness.watch.until("all is gone") { $0.count == 0 }
            // What happens outside is nobody's business.
            try outside.write("out/er/d.bin", [4])
            try await harness.settled(marker: "marker")
            #expect(harness.watch.view.names == ["marker"])
        }
    }

    @Test func aRemovedTreeIsWithdrawn() async throws {
        try await PublisherHarness.run { harness in
            try harness.folder.makeFolder("a/b/c")
            for index in 0..<30 { try harness.folder.write("a/b/c/\(index)", [UInt8(index)]) }
            try await harness.watch.until("the files") { $0.count == 30 }
            try harness.folder.remove("a")
            try await harness.watch.until("none") { $0.count == 0 }
        }
    }

    @Test func aFolderThatIsAwayForAWhileIsWaitedFor() async throws {
        try await PublisherHarness.run(prepare: { try $0.write("a.bin", [1]) }) { harness in
            try await harness.published("a.bin", [1])
            let away = harness.folder.path + "-away"
            try FileSystem.rename(harness.folder.path, to: away)
            try await Eventually.holds("its bytes cannot be had") {
                try await harness.get("/api/download/foo/a.bin").status == 503
            }
            try FileSystem.rename(away, to: harness.folder.path)
            try harness.folder.write("b.bin", [2])
            try await harness.published("b.bin", [2])
            #expect(harness.watch.view.history(of: "a.bin").count == 1)
            #expect(try await harness.download("a.bin") == [1])
        }
    }

    @Test func thousandsOfFilesThatComeAtOnceAreAllPublished() async throws {
        try await PublisherHarness.run { harness in
            try harness.folder.makeFolder("many")
            for index in 0..<1500 { try harness.folder.write("many/\(index)", Array("\(index)".utf8)) }
            let view = try await harness.watch.until("all") { $0.count == 1500 }
            #expect(view["many/1499"]?.version == (try Content.version(Array("1499".utf8))))
        }
    }
}

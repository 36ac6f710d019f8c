import BrokerService
import Catalogue
import Glibc
import HTTP
import Platform
import PublisherService
import TestSupport
import Testing

/// What is published, and what is not.
@Suite(.patient) struct NamesTests {
    @Test(arguments: [
        "a b.txt", "#1.txt", "100%.txt", "%41.txt", "q?x=1&y.txt", "new\nline.txt", "😀.txt", "x.md.b2", "+;[]'\".txt",
        "\u{65}\u{301}.txt", "\u{e9}.txt", "-rf", "…/ü ö/日本語.txt", "back\\slash",
    ])
    func anyLegalNameWorks(_ name: String) async throws {
        try await PublisherHarness.run { harness in
            let folder = RelativeName.folder(of: name)
            if !folder.isEmpty { try harness.folder.makeFolder(folder) }
            try harness.folder.write(name, Array(name.utf8))
            try await harness.published(name, Array(name.utf8))
            #expect(try await harness.download(name) == Array(name.utf8))
        }
    }

    @Test func composedAndDecomposedNamesAreTwo() async throws {
        try await PublisherHarness.run { harness in
            try harness.folder.write("\u{e9}", [1])
            try harness.folder.write("e\u{301}", [2])
            try await harness.published("\u{e9}", [1])
            try await harness.published("e\u{301}", [2])
            #expect(try await harness.download("\u{e9}") == [1])
            #expect(try await harness.download("e\u{301}") == [2])
        }
    }

    @Test func hiddenAndTemporaryFilesAreNotPublished() async throws {
        try await PublisherHarness.run { harness in
            for name in [".hidden", "a.txt~", "#a.txt#", ".a.swp", "a.swp", "a.part", "b.TMP", "4913", "~$doc"] {
                try harness.folder.write(name, name == "4913" ? [] : [1])
            }
            try harness.folder.makeFolder(".git")
            try harness.folder.write(".git/config", [1])
            try await harness.settled(marker: "marker")
            #expect(harness.watch.view.names == ["marker"])
            #expect(try await harness.get("/api/download/foo/.hidden").status == 404)
        }
    }

    @Test func linksAreFollowedInsideTheFolderOnly() async throws {
        try await PublisherHarness.run { harness in
            let folder = harness.folder
            try FileSystem.createDirectories(folder.path + "-outside/sub")
            let outside = try DataFolder(folder.path + "-outside")
            try outside.write("secret", [9])
            try folder.makeFolder("real")
            try folder.write("real/a", [1])
            try folder.symbolicLink("file", to: "real/a")
            try folder.symbolicLink("absolute", to: folder("real/a"))
            try folder.symbolicLink("folder", to: "real")
            try folder.symbolicLink("out", to: outside("secret"))
            try folder.symbolicLink("climb", to: "../data-outside/secret")
            try folder.symbolicLink("outfolder", to: outside.path)
            try folder.symbolicLink("dangling", to: "nothing")
            try folder.symbolicLink("self", to: "self")
            try folder.symbolicLink("real/up", to: "..")
            try folder.symbolicLink("passwd", to: "/etc/passwd")
            try folder.symbolicLink("null", to: "/dev/null")
            try await harness.published("file", [1])
            try await harness.published("absolute", [1])
            try await harness.published("folder/a", [1])
            try await harness.settled(marker: "marker")
            #expect(harness.watch.view.names == ["absolute", "file", "folder/a", "marker", "real/a"])
        }
    }

    @Test func aChangeOfALinksTargetIsAChangeOfTheLink() async throws {
        try await PublisherHarness.run { harness in
            let folder = harness.folder
            try folder.makeFolder("v1")
            try folder.makeFolder("v2")
            try folder.write("v1/a", [1])
            try folder.write("v2/a", [2])
            try folder.symbolicLink("latest", to: "v1")
            try folder.symbolicLink("a", to: "latest/a")
            try folder.symbolicLink("later", to: "v3/a")
            try await harness.published("latest/a", [1])
            try await harness.published("a", [1])
            try folder.write("v1/a", [1, 1])
            try await harness.published("latest/a", [1, 1])
            try await harness.published("a", [1, 1])
            // The link is replaced, as a deployment does it.
            try folder.symbolicLink(".new", to: "v2")
            try folder.rename(".new", to: "latest")
            try await harness.published("latest/a", [2])
            try folder.makeFolder("v3")
            try folder.write("v3/a", [3])
            try await harness.published("later", [3])
            try folder.remove("latest")
            try await harness.withdrawn("latest/a")
        }
    }

    @Test func pipesSocketsAndNamesThatAreNotTextAreSkipped() async throws {
        try await PublisherHarness.run { harness in
            try harness.folder.makePipe("pipe")
            let bad = harness.folder.path + "/bad-"
            var path = Array(bad.utf8).map { CChar(bitPattern: $0) } + [CChar(bitPattern: 0xff), 0]
            close(open(&path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o644))
            try harness.folder.write("good", [1])
            try await harness.published("good", [1])
            try await harness.settled(marker: "marker")
            #expect(harness.watch.view.names == ["good", "marker"])
            unlink(&path)
        }
    }

    @Test func whatIsThereAtTheStartIsTreatedAlike() async throws {
        try await PublisherHarness.run(prepare: { folder in
            try folder.makePipe("pipe")
            try folder.write("#1 é😀\n", [1])
            try folder.makeFolder("sub")
            try folder.symbolicLink("sub/loop", to: "../sub")
            try folder.symbolicLink("out", to: "/etc/hostname")
            try folder.symbolicLink("dangling", to: "nothing")
            try folder.write("sub/b", [2])
        }) { harness in
            try await harness.published("#1 é😀\n", [1])
            try await harness.published("sub/b", [2])
            #expect(harness.watch.view.names == ["#1 é😀\n", "sub/b"])
            #expect(try await harness.get("/ready").status == 200)
        }
    }

    @Test(.enabled(if: geteuid() != 0, "root reads everything"))
    func anUnreadableFileIsPublishedWhenItBecomesReadable() async throws {
        try await PublisherHarness.run(prepare: { folder in
            try folder.write("a", [1])
            folder.setMode("a", 0)
        }) { harness in
            try await harness.settled()
            #expect(harness.watch.view["a"] == nil)
            harness.folder.setMode("a", 0o644)
            try await harness.published("a", [1])
        }
    }

    @Test func itsOwnStateIsNotPublished() async throws {
        try await withTemporaryFolder("publisher") { base in
            let folder = try DataFolder(base + "/data")
            try await PublisherHarness.withBroker(state: base + "/broker") { broker in
                try await PublisherHarness.withPublisher(
                    base, folder, broker: broker.endpoint.url, { $0.state = folder("state") }
                ) { harness in
                    try await harness.settled(marker: "marker")
                    #expect(harness.watch.view.names == ["marker"])
                    #expect(try await harness.get("/api/download/foo/state/secret").status == 404)
                }
            }
        }
    }
}

private enum RelativeName {
    static func folder(of name: String) -> String {
        name.lastIndex(of: "/").map { String(name[..<$0]) } ?? ""
    }
}

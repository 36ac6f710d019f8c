import Catalogue
import Platform
import Testing
import Wire

@testable import PublisherService

@Suite struct WorkListTests {
    @Test func aFileThatIsAskedForWhileItIsReadIsReadAgain() {
        var work = WorkList()
        let path = RelativePath("a")
        work.add(.init(path: path, size: 1))
        work.add(.init(path: path, size: 2))
        #expect(work.next(.small).map(\.size) == [2])
        #expect(work.next(.small).isEmpty)
        work.add(.init(path: path, size: 3))
        #expect(work.next(.small).isEmpty)
        let isAsked = work.finish(path)
        #expect(isAsked)
        #expect(work.next(.small).map(\.size) == [3])
        let isAskedAgain = work.finish(path)
        #expect(!isAskedAgain)
        #expect(work.isEmpty)
    }

    @Test func smallFilesDoNotWaitForLargeOnes() {
        var work = WorkList()
        for index in 0..<3 { work.add(.init(path: RelativePath("large\(index)"), size: 1 << 30)) }
        for index in 0..<3 { work.add(.init(path: RelativePath("small\(index)"), size: 1)) }
        #expect(work.next(.large).map(\.path.text) == ["large0"])
        #expect(work.next(.small).count == 3)
        #expect(work.next(.small).isEmpty)
        #expect(work.next(.large).map(\.path.text) == ["large1"])
    }
}

@Suite struct SettleQueueTests {
    @Test func whatIsDueComesInItsTime() {
        var queue = SettleQueue()
        let start = ContinuousClock.now
        for index in 0..<100 {
            queue.add(RelativePath("\(index)"), due: start + .seconds((index * 37) % 100))
        }
        #expect(queue.earliest == start)
        #expect(queue.take(at: start - .seconds(1)).isEmpty)
        #expect(queue.take(at: start + .seconds(9)).count == 10)
        // Pushed back, and taken out.
        queue.add(RelativePath("30"), due: start + .seconds(200))
        queue.remove(RelativePath("40"))
        let rest = queue.take(at: start + .seconds(100)).map(\.path.text)
        #expect(rest.count == 88)
        #expect(!rest.contains("30") && !rest.contains("40"))
        #expect(queue.contains(RelativePath("30")))
        #expect(queue.take(at: start + .seconds(200)).map(\.path.text) == ["30"])
        #expect(queue.earliest == nil)
    }

    @Test func whatIsAddedForAnEarlierTimeComesThen() {
        var queue = SettleQueue()
        let start = ContinuousClock.now
        queue.add(RelativePath("a"), due: start + .seconds(60))
        queue.remove(RelativePath("a"))
        queue.add(RelativePath("a"), due: start + .seconds(1))
        let early = queue.take(at: start + .seconds(1))
        #expect(early.count == 1)
        let late = queue.take(at: start + .seconds(60))
        #expect(late.isEmpty)
    }
}

@Suite struct RelativePathTests {
    @Test func pathsKnowTheirPlaces() {
        let path = RelativePath("a/b/c")
        #expect(path.parent == RelativePath("a/b"))
        #expect(path.name == "c")
        #expect(RelativePath("a").parent == .root)
        #expect(path.isInside(RelativePath("a/b")))
        #expect(path.isInside(path))
        #expect(path.isInside(.root))
        #expect(!RelativePath("ab").isInside(RelativePath("a")))
        #expect(RelativePath.root.appending("x").appending("y").text == "x/y")
        #expect(RelativePath("\u{e9}") != RelativePath("e\u{301}"))
    }

    @Test(arguments: [".x", "x~", "#x#", "x.swp", "x.SWP", "x.part", "~$x.doc", "x.crdownload"])
    func temporaryNamesAreSkipped(_ name: String) {
        #expect(SkippedNames.contains(name))
    }

    @Test(arguments: ["x", "#x", "x#y", "49130", "tmp", "x.tmpl", "partial", "~"])
    func otherNamesAreNot(_ name: String) { #expect(!SkippedNames.contains(name) || name == "~") }
}

@Suite struct WatchTableTests {
    @Test func aFolderWithTwoNamesHasOneWatch() {
        var table = WatchTable()
        table.add(1, for: RelativePath("a"))
        table.add(1, for: RelativePath("link"))
        table.add(2, for: RelativePath("a/b"))
        #expect(Set(table.paths(of: 1).map(\.text)) == ["a", "link"])
        #expect(table.remove(inside: [RelativePath("a")]) == [1, 2])
        #expect(table.paths(of: 1).map(\.text) == ["link"])
        #expect(table.paths(of: 2).isEmpty)
        table.removeWatch(1)
        #expect(table.count == 0)
        #expect(!table.contains(RelativePath("link")))
    }
}

@Suite struct FolderChangesTests {
    private func changes(_ events: [INotify.Event]) -> FolderChanges {
        var table = WatchTable()
        table.add(1, for: .root)
        var changes = FolderChanges()
        changes.add(events, &table)
        return changes
    }

    @Test func closingEndsWriting() {
        let changes = changes([
            .init(watch: 1, kinds: .created, name: "a"), .init(watch: 1, kinds: .modified, name: "a"),
            .init(watch: 1, kinds: .closedAfterWriting, name: "a"),
        ])
        #expect(changes.closed == [RelativePath("a")])
        #expect(changes.files.isEmpty)
        #expect(changes.written.isEmpty)
        #expect(changes.doubtful.isEmpty)
    }

    @Test func aMoveHasAnOrigin() {
        let changes = changes([
            .init(watch: 1, kinds: .movedAway, cookie: 5, name: "a"),
            .init(watch: 1, kinds: .movedHere, cookie: 5, name: "b"),
        ])
        #expect(changes.origins == [RelativePath("b"): RelativePath("a")])
    }

    @Test func lostEventsAndForeignWatchesAreUnderstood() {
        let changes = changes([
            .init(watch: -1, kinds: .overflow), .init(watch: 9, kinds: .closedAfterWriting, name: "x"),
            .init(watch: 1, kinds: [.created, .isFolder], name: "d"),
            .init(watch: 1, kinds: .modified, name: ".hidden"),
        ])
        #expect(changes.isOverflow)
        #expect(changes.files.isEmpty)
        #expect(changes.written.isEmpty)
        #expect(changes.trees == [RelativePath("d")])
    }
}

@Suite struct CatalogueComparisonTests {
    private func dataset(_ name: String, _ seed: UInt64) throws -> Dataset {
        Dataset(
            path: try DatasetPath("foo/" + name), version: try Content.version(Content.random(9, seed: seed)), size: 9,
            modified: 1_764_000_000.25)
    }

    @Test func onlyDifferencesAreFound() throws {
        let comparison = CatalogueComparison(group: try GroupName("foo"))
        for (name, seed) in [("same", 1), ("changed", 2), ("new", 3)] as [(String, UInt64)] {
            comparison.addOwn(RelativePath(name), WireJSON.encode(try dataset(name, seed)))
        }
        for (name, seed) in [("same", 1), ("changed", 9), ("gone", 4)] as [(String, UInt64)] {
            try comparison.addLine(FeedLine.change(7, .put(try dataset(name, seed))).encoded)
        }
        try comparison.addLine(FeedLine.bookmark(9, .random(), digests: [:]).encoded)
        #expect(Set(comparison.differences.map(\.text)) == ["changed", "new", "gone"])
    }

    @Test func linesThatAreWrittenOtherwiseAreReadAnyhow() throws {
        let comparison = CatalogueComparison(group: try GroupName("foo"))
        let line = String(decoding: FeedLine.change(7, .put(try dataset("a", 1))).encoded, as: UTF8.self)
        try comparison.addLine(Array((" " + line).utf8))
        #expect(comparison.differences.map(\.text) == ["a"])
        #expect(throws: (any Error).self) { try comparison.addLine(Array("nonsense".utf8)) }
    }
}

@Suite struct AnnouncementBatchTests {
    @Test func batchesAreBoundedAndSaidInJSON() throws {
        let large = [UInt8](repeating: UInt8(ascii: " "), count: 5 << 20)
        let paths = ["a\"", "b", "c"].map { RelativePath($0) }
        let (batch, rest) = AnnouncementBatch.make(
            of: paths, datasets: [nil, large, large], group: try GroupName("foo"))
        #expect(batch.entries.map(\.path.text) == ["a\"", "b"])
        #expect(rest.map(\.text) == ["c"])
        let (single, _) = AnnouncementBatch.make(of: [paths[0]], datasets: [nil], group: try GroupName("foo"))
        let announcements = try WireJSON.decode(Announcements.self, from: single.body.array)
        #expect(announcements.changes == [.delete(try DatasetPath("foo/a\""))])
        #expect(single.halves == nil)
        #expect(batch.halves?.count == 2)
    }
}

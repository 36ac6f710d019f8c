import Catalogue
import Platform
import Storage
import TestSupport
import Testing

@testable import SubscriberService

@Suite struct CatalogueStoreTests {
    typealias Line = CatalogueCopy.Line

    static func copy(_ folder: String) throws -> CatalogueCopy {
        let database = try Database(path: folder + "/s.sqlite", schema: SubscriberDatabase.schema, durability: .normal)
        return try CatalogueCopy(store: CatalogueStore(database: database))
    }

    /// Writes what waits, and ends.
    static func save(_ copy: CatalogueCopy) async {
        let task = Task { await copy.run(on: BlockingPool(name: "test", threads: 1), log: Logger("test")) }
        task.cancel()
        await task.value
    }

    static func list(_ lines: [Line], into copy: CatalogueCopy, epoch: Epoch = CatalogueStateTests.epoch) throws {
        copy.beginListing()
        for line in lines { try copy.applyListed(line) }
        copy.endListing(of: nil, at: .init(epoch: epoch, revision: lines.map(\.revision).max() ?? 0))
    }

    static func put(_ path: String, _ revision: Revision, size: Int64 = 1) throws -> Line {
        try CatalogueStateTests.put(path, revision, size: size)
    }

    @Test func whatWasAnnouncedIsThereBeforeItIsOnDiskAndAfterARestart() async throws {
        try await withTemporaryFolder { folder in
            let path = try DatasetPath("foo/a"), line = try Self.put("foo/a", 3, size: 42)
            do {
                let copy = try Self.copy(folder)
                try Self.list([line, try Self.put("foo/b", 4), try Self.put("foo/c", 5)], into: copy)
                #expect(try copy.dataset(path)?.size == 42)
                await Self.save(copy)
                #expect(try copy.lines(of: [path])[0]?.line == line.line)
                let gone = try CatalogueStateTests.delete("foo/b", 6), changed = try Self.put("foo/c", 7, size: 9)
                try copy.apply(gone)
                try copy.apply(changed)
                await Self.save(copy)
            }
            let copy = try Self.copy(folder)
            #expect(copy.position?.revision == 7)
            #expect(copy.paths.map(\.text) == ["foo/a", "foo/c"])
            #expect(
                try copy.datasets([path, DatasetPath("foo/b"), DatasetPath("foo/c")]).map { $0?.size } == [42, nil, 9])
            let listing = try #require(copy.listing { _ in true })
            let lines = try copy.lines(of: listing.listed, areTold: true)
            #expect(lines.map(\.key) == ["foo/a", "foo/c"])
            #expect(lines.map(\.line) == [line.line, try Self.put("foo/c", 7, size: 9).line])
        }
    }

    @Test func theSameRevisionOfAnotherEpochIsSomethingElse() async throws {
        try await withTemporaryFolder { folder in
            let copy = try Self.copy(folder), path = try DatasetPath("foo/a")
            try Self.list([try Self.put("foo/a", 3, size: 1)], into: copy)
            #expect(try copy.dataset(path)?.size == 1)
            await Self.save(copy)
            try Self.list([try Self.put("foo/a", 3, size: 2)], into: copy, epoch: .random())
            #expect(try copy.dataset(path)?.size == 2)
        }
    }

    @Test func aStateOfAnEarlierReleaseIsReadWithoutItsBroker() throws {
        try withTemporaryFolder { folder in
            let lines = [try Self.put("foo/a", 3, size: 42), try Self.put("bar/b", 4)]
            let group = Change.group(
                Group(name: "foo", publisher: "", urls: [], class: "public", online: true, since: 0))
            let groupLine = FeedLine.change(2, group).encoded
            let epoch = CatalogueStateTests.epoch
            do {
                let earlier = DatabaseSchema(
                    application: SubscriberDatabase.application,
                    Array(
                        SubscriberDatabase.schema.migrations.prefix(while: { !$0.sql.contains("CREATE TABLE lines") })))
                let database = try Database(path: folder + "/s.sqlite", schema: earlier)
                try database.transaction { connection in
                    let insert = "INSERT INTO catalogue (key, line) VALUES (?, ?)"
                    try connection.execute(insert, "foo", groupLine)
                    try connection.execute(insert, "bar/b", lines[1].line)
                    guard case .put(let dataset) = lines[0].change else { return }
                    try connection.execute(
                        "INSERT INTO catalogue (key, line, revision, version, size, modified) VALUES (?, ?, ?, ?, ?, ?)",
                        "foo/a", lines[0].line, 3, dataset.version.description, dataset.size, dataset.modified)
                    try connection.execute(
                        "INSERT INTO position (id, epoch, revision) VALUES (1, ?, 4)", epoch.text)
                }
            }
            let copy = try Self.copy(folder)
            #expect(copy.position == .init(epoch: epoch, revision: 4))
            #expect(copy.groups.map(\.name) == ["foo"])
            #expect(try copy.datasets([DatasetPath("bar/b"), DatasetPath("foo/a")]).map { $0?.size } == [1, 42])
            var expected = CatalogueState()
            _ = expected.replace(
                group: nil, by: lines + [(2, group, groupLine)], at: .init(epoch: epoch, revision: 4))
            #expect(copy.bookmark()?.digests == expected.groupDigests)
        }
    }

    @Test func aLineThatTheDiskHasLostIsSaidToBe() async throws {
        try await withTemporaryFolder { folder in
            let copy = try Self.copy(folder), path = try DatasetPath("foo/a")
            try Self.list([try Self.put("foo/a", 3)], into: copy)
            await Self.save(copy)
            let database = try Database(path: folder + "/s.sqlite", schema: SubscriberDatabase.schema)
            try database.transaction { try $0.execute("UPDATE lines SET line = ?", [UInt8]("{}".utf8)) }
            let error = #expect(throws: StorageError.self) { try copy.dataset(path) }
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains("foo/a") == true)
        }
    }

    @Test func watchersAreToldWhatHappenedWhileTheyWereAway() async throws {
        try await withTemporaryFolder { folder in
            let copy = try Self.copy(folder)
            try Self.list([try Self.put("foo/a", 1), try Self.put("foo/b", 2)], into: copy)
            await Self.save(copy)
            let later = [
                try Self.put("foo/c", 3), try CatalogueStateTests.delete("foo/a", 4), try Self.put("foo/d", 5),
            ]
            for line in later { try copy.apply(line) }
            let page = try #require(try copy.page(after: 2, limit: 1 << 20) { _ in true })
            #expect(page.lines == later.map(\.line) && page.revision == 5)
            let first = try #require(try copy.page(after: 2, limit: 1) { _ in true })
            #expect(first.lines == [later[0].line] && first.revision == 3)
        }
    }

    @Test func whoIsUpToDateCostsNoLookAtEveryDataset() throws {
        try withTemporaryFolder { folder in
            let copy = try Self.copy(folder)
            try Self.list([try Self.put("foo/a", 1), try Self.put("foo/b", 2)], into: copy)
            var looks = 0
            let page = try #require(
                try copy.page(after: 2, limit: 1 << 20) { _ in
                    looks += 1
                    return true
                })
            #expect(page.lines.isEmpty && page.revision == 2)
            #expect(looks == 0)
        }
    }
}

import BrokerService
import Catalogue
import HTTP
import Platform
import TestSupport
import Testing
import Wire

@Suite(.patient) struct BrokerCatalogueTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func whatIsAnnouncedIsListed() async throws {
        try await BrokerHarness.run(folder) { broker in
            let lease = try await broker.claim("foo")
            let names = ["foo/a", "foo/dir/é 🎈#%?", "foo/b"]
            let revisions = try await broker.announce(names.map { .put(try Sample.dataset($0)) }, lease)
            #expect(revisions == [2, 3, 4])
            let listing = try await broker.list()
            #expect(listing.replica.lines.keys.sorted() == (names + ["foo"]).sorted())
            #expect(listing.replica.digests == listing.digests)
            #expect(listing.revision == 4)

            let object = try await broker.get("/api/datasets", as: [String: Dataset].self)
            #expect(object == Dictionary(uniqueKeysWithValues: try names.map { ($0, try Sample.dataset($0)) }))
            for name in names {
                let one = try await broker.get("/api/datasets/" + PercentEncoding.path(name), as: Dataset.self)
                #expect(one == (try Sample.dataset(name)))
            }
            #expect(try await broker.send("GET", "/api/datasets/foo/c").status == 404)
        }
    }

    @Test func anEmptyCatalogueIsAnEmptyObject() async throws {
        try await BrokerHarness.run(folder) { broker in
            #expect(try await broker.get("/api/datasets", as: [String: Dataset].self).isEmpty)
            let listing = try await broker.list()
            #expect(listing.revision == 0)
            #expect(listing.digests.isEmpty)
        }
    }

    @Test func aWithdrawalIsNotListedAndAnOldAnnouncementKeepsItsRevision() async throws {
        try await BrokerHarness.run(folder) { broker in
            let lease = try await broker.claim("foo")
            let a = Announcement.put(try Sample.dataset("foo/a"))
            let b = Announcement.put(try Sample.dataset("foo/b"))
            #expect(try await broker.announce([a, b], lease) == [2, 3])
            #expect(
                try await broker.announce([.delete(a.path), b, .delete(try Sample.path("foo/x"))], lease) == [4, 3, 4])
            #expect(try await broker.list().replica.lines.keys.sorted() == ["foo", "foo/b"])
            #expect(try await broker.send("GET", "/api/datasets/foo/a").status == 404)
        }
    }

    @Test func aListingIsNarrowedByPrefixes() async throws {
        try await BrokerHarness.run(folder) { broker in
            for group in ["foo", "bar", "food"] {
                let lease = try await broker.claim(group)
                _ = try await broker.announce(
                    ["a/1", "a/2", "b"].map { .put(try Sample.dataset("\(group)/\($0)")) }, lease)
            }
            let keys = { (query: String) in try await broker.list(query).replica.lines.keys.sorted() }
            #expect(try await keys("?prefix=foo/a") == ["foo", "foo/a/1", "foo/a/2"])
            #expect(
                try await keys("?prefix=foo/&prefix=bar/b") == ["bar", "bar/b", "foo", "foo/a/1", "foo/a/2", "foo/b"])
            #expect(try await keys("?prefix=nothing") == [])
            #expect(try await keys("?prefix=").count == 12)
            let whole = try await broker.list("?prefix=foo/")
            #expect(whole.digests == whole.replica.digests)
            #expect(try await broker.get("/api/datasets?prefix=food", as: [String: Dataset].self).count == 3)
        }
    }

    @Test func aLongListingIsWholeAndMadeOnceForAll() async throws {
        try await BrokerHarness.run(folder) { broker in
            let lease = try await broker.claim("foo")
            let batch = try (0..<3_000).map { Announcement.put(try Sample.dataset("foo/folder/\($0)")) }
            _ = try await broker.announce(batch, lease)
            let listings = try await withThrowingTaskGroup(of: BrokerHarness.Listing.self) { group in
                for index in 0..<8 { group.addTask { try await broker.list(compressed: index % 2 == 0) } }
                return try await group.reduce(into: [BrokerHarness.Listing]()) { $0.append($1) }
            }
            for listing in listings {
                #expect(listing.replica.lines.count == 3_001)
                #expect(listing.replica.digests == listing.digests)
            }
            #expect(try await broker.get("/api/datasets", as: [String: Dataset].self).count == 3_000)
            let headers: HTTPHeaders = ["Accept-Encoding": "gzip", "Accept": "application/x-ndjson"]
            let raw = try await broker.send("GET", "/api/datasets", headers)
            #expect(raw.headers["Content-Encoding"] == "gzip")
            #expect(raw.body.count < 200_000)
            // A change makes the kept listing old.
            _ = try await broker.announce([.put(try Sample.dataset("foo/new"))], lease)
            #expect(try await broker.list().replica.lines.count == 3_002)
        }
    }

    @Test func tenThousandAnnouncementsAreOneBatch() async throws {
        try await BrokerHarness.run(folder) { broker in
            let lease = try await broker.claim("foo")
            let batch = try (0..<10_000).map { Announcement.put(try Sample.dataset("foo/\($0)")) }
            #expect(try await broker.announce(batch, lease) == Array(2...10_001))
            #expect(try await broker.announce(batch, lease) == Array(2...10_001))
            let more = batch + [.put(try Sample.dataset("foo/more"))]
            let refused = try await broker.announceRaw(more, lease.lease)
            #expect(refused.status == 413)
            #expect(refused.text.contains("10000"))
        }
    }

    @Test func ofABatchWithOneFaultNothingIsApplied() async throws {
        try await BrokerHarness.run(folder) { broker in
            let lease = try await broker.claim("foo")
            let good = Announcement.put(try Sample.dataset("foo/good"))
            var negative = try Sample.dataset("foo/negative")
            negative.size = -1
            for bad in [
                Announcement.put(try Sample.dataset("bar/a")), .delete(try Sample.path("bar/a")), .put(negative),
            ] {
                let refused = try await broker.announceRaw([good, bad, good], lease.lease)
                #expect(refused.status == 400)
                #expect(refused.text.contains(bad.path.text))
            }
            #expect(try await broker.list().replica.lines.keys.sorted() == ["foo"])
        }
    }

    @Test func everythingIsThereAfterARestart() async throws {
        let before = try await BrokerHarness.run(folder) { broker in
            let lease = try await broker.claim("foo")
            _ = try await broker.announce((0..<100).map { .put(try Sample.dataset("foo/\($0)")) }, lease)
            _ = try await broker.announce((0..<50).map { .delete(try Sample.path("foo/\($0)")) }, lease)
            return try await broker.list()
        }
        try await BrokerHarness.run(folder) { broker in
            let after = try await broker.list()
            #expect(after.replica.lines == before.replica.lines)
            #expect(after.digests == before.digests)
            #expect(after.epoch == before.epoch)
            #expect(after.revision == before.revision)
        }
    }

    @Test func anotherStateIsAnotherEpoch() async throws {
        let first = try await BrokerHarness.run(folder) { try await $0.list().epoch }
        let second = try await BrokerHarness.run(try TemporaryFolder()) { try await $0.list().epoch }
        #expect(first != second)
    }

    @Test func aSecondBrokerOnTheSameFolderIsRefused() async throws {
        try await BrokerHarness.run(folder) { broker in
            let error = await #expect(throws: FolderLockError.self) { try await BrokerHarness.run(folder) { _ in } }
            #expect(error?.description.contains("\(folder.path)/state is in use by bpubsub-broker") ?? false)
            let listing = try await broker.list()
            #expect(listing.revision == 0)
        }
        // The lock goes with the broker.
        _ = try await BrokerHarness.run(folder) { try await $0.list() }
    }
}

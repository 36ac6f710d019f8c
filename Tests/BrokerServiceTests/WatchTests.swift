import BrokerService
import Catalogue
import HTTP
import Platform
import TestSupport
import Testing
import Wire

@Suite(.patient) struct WatchTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func put(_ path: String, _ content: UInt8 = 0) throws -> Announcement {
        .put(try Sample.dataset(path, content))
    }

    @Test func aWatcherSeesWhatHappensAndThenABookmarkThatAgrees() async throws {
        try await BrokerHarness.run(folder) { broker in
            let epoch = try await broker.list().epoch
            var replica = Replica()
            var lines = broker.watch("?epoch=\(epoch)&after=0").makeAsyncIterator()
            // It has everything: there is nothing yet.
            #expect(try await lines.next() == FeedLine.bookmark(0, epoch, digests: [:]).encoded)
            let lease = try await broker.claim("foo")
            let changes = [
                try put("foo/a", 1), try put("foo/b", 1), .delete(try Sample.path("foo/a")), try put("foo/b", 2),
            ]
            #expect(try await broker.announce(changes, lease) == [2, 3, 4, 5])
            var reached: Revision = 0
            while reached < 5, let line = try await lines.next() {
                if case .bookmark(let revision, let its, let digests, _) = try FeedLine(line: line) {
                    #expect(its == epoch)
                    replica.check(digests, at: revision)
                    reached = revision
                } else {
                    try replica.apply(line)
                }
            }
            #expect(replica.order == [1, 2, 3, 4, 5])
            #expect(replica.lines == (try await broker.list().replica.lines))
        }
    }

    @Test func withoutAPositionAWatcherBeginsNow() async throws {
        try await BrokerHarness.run(folder) { broker in
            let lease = try await broker.claim("foo")
            _ = try await broker.announce([try put("foo/old")], lease)
            var lines = broker.watch().makeAsyncIterator()
            guard case .bookmark(2, _, _, _) = try FeedLine(line: try #require(try await lines.next())) else {
                Issue.record("the first line is a bookmark that says where it begins")
                return
            }
            _ = try await broker.announce([try put("foo/new")], lease)
            var changes: [String] = []
            while changes.isEmpty, let line = try await lines.next() {
                if case .change(_, let change) = try FeedLine(line: line) { changes.append(change.key) }
            }
            #expect(changes == ["foo/new"])
        }
    }

    @Test func aWatcherResumesOverARestartOfTheBrokerAndMissesNothing() async throws {
        var replica = Replica()
        let epoch = try await BrokerHarness.run(folder) { broker in
            let lease = try await broker.claim("foo")
            _ = try await broker.announce((0..<300).map { try put("foo/\($0)") }, lease)
            return lease.epoch
        }
        replica = try await BrokerHarness.run(folder) { [replica] broker in
            var replica = replica
            try await broker.follow(epoch, into: &replica, through: 301)
            let lease = try await broker.claim("foo")
            _ = try await broker.announce((0..<100).map { .delete(try Sample.path("foo/\($0)")) }, lease)
            return replica
        }
        try await BrokerHarness.run(folder) { [replica] broker in
            var replica = replica
            try await broker.follow(epoch, into: &replica, through: 401)
            #expect(replica.order == Array(1...401))
            #expect(replica.lines == (try await broker.list().replica.lines))
        }
    }

    @Test func aStoppingBrokerEndsItsFeedsProperly() async throws {
        let stream = try await BrokerHarness.run(folder) { broker in
            let stream = broker.watch()
            var lines = stream.makeAsyncIterator()
            _ = try await lines.next()
            return stream
        }
        // Ends without an error: the answer was not cut.
        for try await _ in stream {}
    }

    private func status(_ broker: BrokerHarness, _ query: String) async throws -> Int {
        do {
            for try await _ in broker.watch(query) { return 200 }
            return 0
        } catch let refused as WatchRefused {
            return refused.status
        }
    }

    @Test func whatTheLogCannotTellIsGone() async throws {
        try await BrokerHarness.run(folder, { $0.tombstones = TombstoneRetention(count: 0) }) { broker in
            let lease = try await broker.claim("foo")
            _ = try await broker.announce([try put("foo/a"), try put("foo/b")], lease)
            let other = Epoch.random()
            #expect(try await status(broker, "?epoch=\(other)&after=0") == 410)
            #expect(try await status(broker, "?epoch=x&after=0") == 410)
            #expect(try await status(broker, "?epoch=\(lease.epoch)&after=100") == 410)
            #expect(try await status(broker, "?epoch=\(lease.epoch)&after=1") == 200)
            _ = try await broker.announce([.delete(try Sample.path("foo/a"))], lease)
        }
        // It forgets deletions when it starts.
        try await BrokerHarness.run(folder, { $0.tombstones = TombstoneRetention(count: 0) }) { broker in
            let listing = try await broker.list()
            while try await status(broker, "?epoch=\(listing.epoch)&after=1") != 410 { await Task.yield() }
            #expect(try await status(broker, "?epoch=\(listing.epoch)&after=4") == 200)
        }
    }

    @Test func badWatchesAreRefused() async throws {
        try await BrokerHarness.run(folder) { broker in
            let epoch = try await broker.list().epoch
            for query in [
                "?epoch=\(epoch)", "?after=0", "?epoch=\(epoch)&after=", "?epoch=\(epoch)&after=-1",
                "?epoch=\(epoch)&after=1.5", "?epoch=\(epoch)&after=99999999999999999999",
                "?prefix=" + String(repeating: "x", count: 5000), "?after=%zz",
            ] { #expect(try await status(broker, query) == 400, "\(query)") }
            let response = try await broker.send("GET", "/api/changes?after=0")
            #expect(response.headers[ProtocolHeader.protocol] == "1")
            #expect(response.text.contains("epoch"))
        }
    }

    @Test func aWatcherOfAPrefixSeesWhatIsBelowAndItsGroup() async throws {
        try await BrokerHarness.run(folder) { broker in
            let epoch = try await broker.list().epoch
            let foo = try await broker.claim("foo"), bar = try await broker.claim("bar")
            _ = try await broker.announce([try put("foo/a/1"), try put("foo/b")], foo)
            _ = try await broker.announce([try put("bar/a/1")], bar)
            // The past from the log, what comes now from the feed's memory.
            var lines = broker.watch("?epoch=\(epoch)&after=0&prefix=foo/a").makeAsyncIterator()
            var keys: [String] = []
            while keys.count < 2, let line = try await lines.next() {
                if case .change(_, let change) = try FeedLine(line: line) { keys.append(change.key) }
            }
            _ = try await broker.announce([try put("bar/a/2")], bar)
            _ = try await broker.announce([try put("foo/b", 2), try put("foo/a/2")], foo)
            while keys.count < 3, let line = try await lines.next() {
                if case .change(_, let change) = try FeedLine(line: line) { keys.append(change.key) }
            }
            #expect(keys == ["foo", "foo/a/1", "foo/a/2"])
        }
    }

    @Test func allWatchersOfManyPublishersSeeTheSameOrder() async throws {
        try await BrokerHarness.run(folder) { broker in
            let epoch = try await broker.list().epoch
            let publishers = 4, batches = 25, size = 8
            let last = Revision(publishers * (1 + batches * size))
            let replicas = try await withThrowingTaskGroup(of: Replica?.self) { group in
                for publisher in 0..<publishers {
                    group.addTask {
                        try await publish(broker, publisher, batches, size)
                        return nil
                    }
                }
                for _ in 0..<6 {
                    group.addTask {
                        var replica = Replica()
                        try await broker.follow(epoch, into: &replica, through: last)
                        return replica
                    }
                }
                return try await group.reduce(into: [Replica]()) { if let replica = $1 { $0.append(replica) } }
            }
            let listing = try await broker.list()
            #expect(listing.revision == last)
            for replica in replicas {
                #expect(replica.order == replica.order.sorted())
                #expect(replica.lines == listing.replica.lines)
            }
        }
    }

    private func publish(_ broker: BrokerHarness, _ publisher: Int, _ batches: Int, _ size: Int) async throws {
        let lease = try await broker.claim("group\(publisher)", by: publisher)
        for batch in 0..<batches {
            let changes = try (0..<size).map { try put("group\(publisher)/\($0)", UInt8(batch)) }
            _ = try await broker.announce(changes, lease)
        }
    }

    @Test func aWatcherThatDoesNotReadDelaysNobodyAndIsToldWhereToResume() async throws {
        try await BrokerHarness.run(folder, { $0.stallTimeout = .milliseconds(300) }) { broker in
            let lease = try await broker.claim("foo")
            let gate = Gate()
            // Also when something fails: the client's thread waits for it.
            defer { gate.open() }
            let slow = Collector<FeedLine>()
            async let watching: Void = broker.client.lines(
                HTTPClient.Request(url: broker.url + "/api/changes?epoch=\(lease.epoch)&after=0"),
                onHead: { _ in },
                onLine: { line in
                    if slow.all.isEmpty { gate.wait() }
                    slow.add([try FeedLine(line: line.withUnsafeBytes { Array($0) })])
                })
            var replica = Replica()
            let count: Revision = 10_000
            let batch = try (0..<count).map { try put("foo/\($0)") }
            _ = try await broker.announce(batch, lease)
            // The others see all of it meanwhile.
            try await broker.follow(lease.epoch, into: &replica, through: count + 1)
            try await broker.waitUntilNobodyWatches()
            gate.open()
            // Cut off: cleanly with a last line, or under it when its socket took nothing for too long.
            _ = try? await watching
            if case .end(let revision, let reason) = slow.all.last {
                #expect(reason.contains("resume after revision \(revision)"))
                #expect(slow.all.dropLast().last?.revision ?? 0 <= revision)
            }
            #expect(slow.all.count < Int(count))
        }
    }
}

extension FeedLine {
    var revision: Revision {
        switch self {
        case .change(let revision, _), .bookmark(let revision, _, _, _), .end(let revision, _): revision
        case .kept(let kept): kept.revision
        }
    }
}

import BrokerService
import Catalogue
import TestSupport
import Testing

/// What every engine of the log must do.
@Suite(.patient) struct ChangeLogContract {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func entries(_ log: any ChangeLog, after revision: Revision = 0) async throws -> [LogEntry] {
        var all: [LogEntry] = []
        var position = revision
        while true {
            guard
                case .entries(let page, let reached) = try await log.changes(after: position, limit: 2_000, filter: nil)
            else { throw LogError(.unavailable, "gone") }
            all += page
            if page.isEmpty && reached == position { return all }
            position = reached
        }
    }

    private func listing(_ log: any ChangeLog, _ prefixes: [String] = []) async throws -> (keys: [String], LogState) {
        let found = Collector<String>()
        let state = try await log.snapshot(below: prefixes) { found.add($0.map(\.key)) }
        return (found.all, state)
    }

    private func isGone(_ page: LogPage) -> Bool { if case .gone = page { true } else { false } }

    @Test(arguments: LogEngine.all) func revisionsCountTheChanges(engine: LogEngine) async throws {
        let log = try await engine.open(folder)
        #expect(log.state.revision == 0)
        let first = try await log.append([Sample.group("foo"), Sample.put("foo/a"), Sample.put("foo/b")])
        let second = try await log.append([Sample.put("foo/c")])
        #expect(first + second == [1, 2, 3, 4])
        #expect(try await entries(log).map(\.key) == ["foo", "foo/a", "foo/b", "foo/c"])
        #expect(log.state.revision == 4)
    }

    @Test(arguments: LogEngine.all) func linesAreThoseOfTheFeed(engine: LogEngine) async throws {
        let log = try await engine.open(folder)
        let changes = [
            Sample.group("fo\"o"), try Sample.put("fo\"o/\u{1}é🎈"), try Sample.put("fo\"o/b"),
            try Sample.delete("fo\"o/b"),
        ]
        let revisions = try await log.append(changes)
        for entry in try await entries(log) {
            let index = try #require(revisions.firstIndex(of: entry.revision))
            #expect(entry.line == FeedLine.change(entry.revision, changes[index]).encoded)
        }
        let dataset = try #require(try await log.entry(of: "fo\"o/\u{1}é🎈"))
        #expect(try WireJSON.decode(Dataset.self, from: Array(dataset.value)).path.text == dataset.key)
        let group = try #require(try await log.entry(of: "fo\"o"))
        #expect(try WireJSON.decode(Group.self, from: Array(group.value)).name == "fo\"o")
    }

    @Test(arguments: LogEngine.all) func whatWasAcknowledgedIsThereAfterReopening(engine: LogEngine) async throws {
        var log = try await engine.open(folder)
        try await log.append([Sample.group("foo"), Sample.put("foo/a"), Sample.put("foo/b"), Sample.delete("foo/a")])
        let (state, before) = (log.state, try await entries(log))
        log = try await engine.open(folder)
        #expect(log.state == state)
        #expect(try await entries(log) == before)
        #expect(try await log.append([Sample.put("foo/c")]) == [5])
    }

    @Test(arguments: LogEngine.all) func theLogKeepsTheLastValueOfAKey(engine: LogEngine) async throws {
        let log = try await engine.open(folder)
        try await log.append([Sample.put("foo/a", 1), Sample.put("foo/b", 1), Sample.put("foo/a", 2)])
        #expect(try await entries(log).map(\.key) == ["foo/b", "foo/a"])
        let entry = try #require(try await log.entry(of: "foo/a"))
        #expect(entry.revision == 3)
        #expect(try WireJSON.decode(Dataset.self, from: Array(entry.value)).version == Sample.version(2))
        #expect(try await log.entry(of: "foo/x") == nil)
    }

    @Test(arguments: LogEngine.all) func datasetsAreCountedWhateverBecameOfThem(engine: LogEngine) async throws {
        var log = try await engine.open(folder)
        #expect(log.datasetCount == 0)
        try await log.append([Sample.group("foo"), Sample.put("foo/a"), Sample.put("foo/b"), Sample.put("bar/a")])
        #expect(log.datasetCount == 3)
        try await log.append([Sample.put("foo/a", 1), Sample.put("foo/b"), Sample.group("foo", online: false)])
        #expect(log.datasetCount == 3)
        try await log.append([
            Sample.delete("foo/a"), Sample.delete("foo/x"), Sample.put("foo/c", 1), Sample.put("foo/c"),
        ])
        #expect(log.datasetCount == 3)
        try await log.append([Sample.delete("bar/a"), Sample.put("foo/a")])
        #expect(log.datasetCount == 3)
        await log.close()
        log = try await engine.open(folder)
        #expect(log.datasetCount == 3)
        try await log.prune(TombstoneRetention(count: 0, seconds: 0), now: .infinity)
        #expect(log.datasetCount == 3)
    }

    @Test(arguments: LogEngine.all) func aFollowerResumesFromARevision(engine: LogEngine) async throws {
        let log = try await engine.open(folder)
        try await log.append((0..<100).map { try Sample.put("foo/\($0)") })
        #expect(try await entries(log, after: 0).count == 100)
        #expect(try await entries(log, after: 60).map(\.revision) == Array(61...100))
        #expect(try await entries(log, after: 100).isEmpty)
        guard
            case .entries(let some, let reached) = try await log.changes(
                after: 10, limit: 1, filter: { $0.hasSuffix("7") })
        else { throw LogError(.unavailable, "gone") }
        #expect(some.map(\.key) == ["foo/17"])
        #expect(reached == 18)
    }

    @Test(arguments: LogEngine.all) func aRevisionOfTheFutureIsGone(engine: LogEngine) async throws {
        let log = try await engine.open(folder)
        try await log.append([Sample.put("foo/a")])
        #expect(isGone(try await log.changes(after: 2, limit: 1000, filter: nil)))
        #expect(isGone(try await log.changes(after: .max, limit: 1000, filter: nil)))
    }

    @Test(arguments: LogEngine.all) func anotherLogIsAnotherEpoch(engine: LogEngine) async throws {
        let first = try await engine.open(folder)
        let second = try await engine.open(TemporaryFolder())
        #expect(first.epoch != second.epoch)
        #expect(try await engine.open(folder).epoch == first.epoch)
    }

    @Test(arguments: LogEngine.all) func aDeletionIsAnEntryUntilItIsForgotten(engine: LogEngine) async throws {
        let log = try await engine.open(folder)
        try await log.append([Sample.put("foo/a"), Sample.put("foo/b"), Sample.delete("foo/a")])
        #expect(try await entries(log).map(\.kind) == [.put, .delete])
        #expect(try await log.entry(of: "foo/a") == nil)
        try await log.prune(TombstoneRetention(count: 1, seconds: 1000), now: 0)
        #expect(try await entries(log).count == 2)

        try await log.prune(TombstoneRetention(count: 0, seconds: 1000), now: 0)
        #expect(isGone(try await log.changes(after: 2, limit: 1000, filter: nil)))
        #expect(try await entries(log, after: 3).isEmpty)
        #expect(try await listing(log).keys == ["foo/b"])
        // The last revision was a tombstone: the count goes on behind it.
        let reopened = try await engine.open(folder)
        #expect(try await reopened.append([Sample.put("foo/c")]) == [4])
        #expect(isGone(try await reopened.changes(after: 2, limit: 1000, filter: nil)))
    }

    @Test(arguments: LogEngine.all) func oldTombstonesGoFirst(engine: LogEngine) async throws {
        let log = try await engine.open(folder)
        let paths = (0..<10).map { "foo/\($0)" }
        try await log.append(paths.map { try Sample.put($0) })
        try await log.append(paths.map { try Sample.delete($0) })
        try await log.prune(TombstoneRetention(count: 4, seconds: .infinity), now: 0)
        #expect(isGone(try await log.changes(after: 15, limit: 1000, filter: nil)))
        #expect(try await entries(log, after: 16).map(\.revision) == [17, 18, 19, 20])
        try await log.prune(TombstoneRetention(count: 4, seconds: 10), now: 1e11)
        #expect(isGone(try await log.changes(after: 19, limit: 1000, filter: nil)))
        #expect(try await entries(log, after: 20).isEmpty)
    }

    @Test(arguments: LogEngine.all) func whatIsKnownKeepsItsRevision(engine: LogEngine) async throws {
        let log = try await engine.open(folder)
        try await log.append([Sample.put("foo/a", 1), Sample.put("foo/b", 1), Sample.put("foo/c", 1)])
        let again = try await log.append([Sample.put("foo/b", 1), Sample.put("foo/c", 2), Sample.put("foo/c", 2)])
        #expect(again == [2, 4, 4])
        #expect(try await log.append([Sample.delete("foo/a"), Sample.delete("foo/a")]) == [5, 5])
        #expect(try await log.append([Sample.delete("foo/never")]) == [5])
        #expect(log.state.revision == 5)
    }

    @Test(arguments: LogEngine.all) func anAppendWhoseConditionFailsChangesNothing(engine: LogEngine) async throws {
        let log = try await engine.open(folder)
        #expect(try await log.append([Sample.group("foo")], expecting: ["foo": 0]) == [1])
        let state = log.state
        do {
            _ = try await log.append([Sample.put("foo/a"), Sample.group("foo", online: false)], expecting: ["foo": 0])
            Issue.record("the group is at revision 1")
        } catch let error as LogError {
            #expect(error.code == .conflict)
        }
        #expect(log.state == state)
        #expect(try await entries(log).map(\.key) == ["foo"])
        #expect(try await log.append([Sample.put("foo/a")], expecting: ["foo": 1]) == [2])
    }

    @Test(arguments: LogEngine.all) func ofManyThatExpectTheSameOneWins(engine: LogEngine) async throws {
        let log = try await engine.open(folder)
        let wins = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<20 {
                group.addTask {
                    let changes = [Sample.group("foo", online: index % 2 == 0)]
                    return (try? await log.append(changes, expecting: ["foo": 0])) != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(wins == 1)
        #expect(log.state.revision == 1)
    }

    @Test(arguments: LogEngine.all) func aSnapshotHasTheCurrentEntriesBelowItsPrefixes(engine: LogEngine) async throws {
        let log = try await engine.open(folder)
        try await log.append([
            Sample.group("foo"), Sample.group("food"), Sample.put("foo/a/1"), Sample.put("food/a"), Sample.put("foo/b"),
            Sample.put("foo/a/2"), Sample.delete("foo/b"), Sample.put("foo/a/1", 9), Sample.put("foo/é🎈"),
        ])
        #expect(try await listing(log).keys == ["foo", "food", "food/a", "foo/a/2", "foo/a/1", "foo/é🎈"])
        #expect(try await listing(log, ["foo/"]).keys == ["foo", "foo/a/2", "foo/a/1", "foo/é🎈"])
        #expect(try await listing(log, ["foo"]).keys == ["foo", "food", "food/a", "foo/a/2", "foo/a/1", "foo/é🎈"])
        #expect(
            try await listing(log, ["foo/a/", "food/", "foo/a/2"]).keys == [
                "foo", "food", "food/a", "foo/a/2", "foo/a/1",
            ])
        #expect(try await listing(log, ["foo/é"]).keys == ["foo", "foo/é🎈"])
        #expect(try await listing(log, ["bar"]).keys == [])
    }

    @Test(arguments: LogEngine.all) func aSnapshotIsOfOneStateAndItsDigestsAreRight(engine: LogEngine) async throws {
        let log = try await engine.open(folder)
        let changed = try (0..<500).map { try Sample.put("foo/\($0)", 7) } + [try Sample.delete("foo/x")]
        try await log.append(
            [Sample.group("foo"), Sample.put("foo/x")] + (0..<500).map { try Sample.put("foo/\($0)") })
        async let writing = log.append(changed)
        for _ in 0..<10 {
            let found = Collector<LogEntry>()
            let state = try await log.snapshot(below: []) { found.add($0) }
            var replica = Replica()
            for entry in found.all { replica.apply(entry) }
            #expect(replica.digests == state.digests)
            #expect(state.revision == 502 || state.revision == 1003)
            #expect(replica.order == replica.order.sorted())
        }
        _ = try await writing
    }

    @Test(arguments: LogEngine.all) func aLongSnapshotDoesNotHoldUpWriters(engine: LogEngine) async throws {
        let log = try await engine.open(folder)
        try await log.append((0..<10).map { try Sample.put("foo/\($0)") })
        let (begun, mayEnd) = (AsyncStream<Void>.makeStream(), Gate())
        async let snapshot = log.snapshot(below: []) { _ in
            begun.continuation.finish()
            mayEnd.wait()
        }
        for await _ in begun.stream {}
        #expect(try await log.append([Sample.put("foo/new")]) == [11])
        mayEnd.open()
        #expect(try await snapshot.revision == 10)
    }

    @Test(arguments: LogEngine.all) func anErrorOfTheReaderEndsTheSnapshot(engine: LogEngine) async throws {
        struct Stop: Error {}
        let log = try await engine.open(folder)
        try await log.append([Sample.put("foo/a")])
        await #expect(throws: Stop.self) { try await log.snapshot(below: []) { _ in throw Stop() } }
        #expect(try await listing(log).keys == ["foo/a"])
    }

    @Test(arguments: LogEngine.all) func observersSeeAllCommitsInOrderWithTheirState(engine: LogEngine) async throws {
        let log = try await engine.open(folder)
        try await log.append([Sample.group("foo"), Sample.put("foo/a")])
        let before = try await entries(log)
        let commits = Collector<LogCommit>()
        let start = log.observe { commits.add(CollectionOfOne($0)) }
        #expect(start.revision == 2)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for index in 0..<20 {
                        let name = "foo/\(task)-\(index % 5)"
                        let revisions = try await log.append([
                            index % 4 == 3 ? Sample.delete(name) : Sample.put(name, UInt8(index))
                        ])
                        // Seen before the append returns.
                        #expect(commits.all.contains { $0.state.revision >= revisions[0] } || revisions[0] <= 2)
                    }
                }
            }
            try await group.waitForAll()
        }
        var replica = Replica()
        for entry in before { replica.apply(entry) }
        for commit in commits.all {
            for entry in commit.entries {
                #expect(entry.revision == replica.revision + 1)
                replica.apply(entry)
            }
            #expect(replica.digests == commit.state.digests)
            #expect(replica.revision == commit.state.revision)
        }
        #expect(replica.revision == log.state.revision)
        #expect(log.state.digests == replica.digests)
    }

    /// Writers write, fast followers follow live, slow ones by pages; in the end all have the same.
    @Test(arguments: LogEngine.all) func noChangeIsLostUnderConcurrentAppendsAndSlowReaders(
        engine: LogEngine
    ) async throws {
        let log = try await engine.open(folder)
        let writers = 4
        let replicas = try await withThrowingTaskGroup(of: Replica?.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    try await Self.write(150, to: log, "group\(writer)")
                    return nil
                }
            }
            for limit in [500, 500, 50_000, 50_000] {
                group.addTask { try await Self.follow(log, pageLimit: limit, untilDone: writers) }
            }
            return try await group.reduce(into: [Replica]()) { if let replica = $1 { $0.append(replica) } }
        }
        let state = log.state
        for replica in replicas { #expect(replica.digests == state.digests) }
    }

    private static func write(_ count: Int, to log: any ChangeLog, _ group: String) async throws {
        for index in 0..<count {
            let path = "\(group)/\(index % 40)"
            try await log.append([try index % 7 == 6 ? Sample.delete(path) : Sample.put(path, UInt8(index))])
        }
        // Tells the readers that this writer is done.
        try await log.append([Sample.group(group, online: false)])
    }

    private static func follow(_ log: any ChangeLog, pageLimit: Int, untilDone writers: Int) async throws -> Replica {
        var replica = Replica()
        var position: Revision = 0
        var done = 0
        while done < writers {
            let page = try await log.changes(after: position, limit: pageLimit, filter: nil)
            guard case .entries(let entries, let reached) = page else { throw LogError(.unavailable, "gone") }
            #expect(entries.allSatisfy { $0.revision > position })
            for entry in entries { replica.apply(entry) }
            done += entries.count { $0.kind == .group }
            position = reached
            await Task.yield()
        }
        #expect(replica.order == replica.order.sorted())
        return replica
    }

    @Test(arguments: LogEngine.all) func aClosedLogHasFinishedAndAppendsNothingMore(engine: LogEngine) async throws {
        let log = try await engine.open(folder)
        let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<50 {
                group.addTask { (try? await log.append([Sample.put("foo/\(index)")])) != nil }
            }
            group.addTask {
                await log.close()
                return false
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        await #expect(throws: LogError.self) { try await log.append([Sample.put("foo/late")]) }
        let reopened = try await engine.open(folder)
        #expect(Int(reopened.state.revision) == outcomes)
        #expect(try await entries(reopened).count == outcomes)
    }

    @Test(arguments: LogEngine.all) func tenThousandChangesAreOneCommit(engine: LogEngine) async throws {
        let log = try await engine.open(folder)
        let commits = Collector<Int>()
        _ = log.observe { commits.add(CollectionOfOne($0.entries.count)) }
        let revisions = try await log.append((0..<10_000).map { try Sample.put("foo/\($0)") })
        #expect(revisions == Array(1...10_000))
        #expect(commits.all == [10_000])
    }
}

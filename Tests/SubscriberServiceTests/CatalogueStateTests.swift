import Catalogue
import Digests
import Platform
import TestSupport
import Testing

@testable import SubscriberService

@Suite struct CatalogueStateTests {
    typealias Line = (revision: Revision, change: Change, line: [UInt8])

    static let epoch = Epoch.random()

    static func put(_ path: String, _ revision: Revision, size: Int64 = 1) throws -> Line {
        let version = Manifest(content: .plain, entries: [(size, SHA256().finish())]).version
        let change = Change.put(Dataset(path: try DatasetPath(path), version: version, size: size, modified: 0))
        return (revision, change, FeedLine.change(revision, change).encoded)
    }

    static func delete(_ path: String, _ revision: Revision) throws -> Line {
        let change = Change.delete(try DatasetPath(path))
        return (revision, change, FeedLine.change(revision, change).encoded)
    }

    static func state(_ lines: [Line], at revision: Revision) -> CatalogueState {
        var state = CatalogueState()
        _ = state.replace(group: nil, by: lines, at: .init(epoch: epoch, revision: revision))
        return state
    }

    @Test func anOlderLineChangesNothing() throws {
        var state = Self.state([try Self.put("foo/a", 5)], at: 5)
        let late = try Self.put("foo/a", 3, size: 9)
        let effect = state.apply(late.revision, late.change, line: late.line)
        #expect(effect == nil)
        #expect(state.datasets[try DatasetPath("foo/a")]?.size == 1)
        let newer = try Self.put("foo/a", 6, size: 9)
        let second = state.apply(newer.revision, newer.change, line: newer.line)
        #expect(second != nil)
        #expect(state.position?.revision == 6)
    }

    @Test func aListingTellsOnlyWhatDiffers() throws {
        var state = Self.state([try Self.put("foo/a", 1), try Self.put("foo/b", 2), try Self.put("bar/c", 3)], at: 3)
        let effects = state.replace(
            group: "foo", by: [try Self.put("foo/a", 1), try Self.put("foo/d", 4)],
            at: .init(epoch: Self.epoch, revision: 4))
        #expect(Set(effects.map(\.key)) == ["foo/b", "foo/d"])
        #expect(state.datasets.count == 3)
    }

    @Test func listingOneGroupDoesNotPassOverChangesOfOthers() throws {
        var state = Self.state([try Self.put("foo/a", 1), try Self.put("bar/c", 2)], at: 10)
        _ = state.replace(
            group: "foo", by: [try Self.put("foo/a", 14)], at: .init(epoch: Self.epoch, revision: 15))
        #expect(state.position?.revision == 10, "bar may have changed at 12")
    }

    @Test func knowsWhichDatasetsHaveAVersion() throws {
        let lines = [try Self.put("foo/a", 1), try Self.put("foo/b", 2), try Self.put("foo/c", 3, size: 9)]
        var state = Self.state(lines, at: 3)
        let shared = try #require(state.datasets[try DatasetPath("foo/a")]?.version)
        #expect(state.datasets.path(of: shared) != nil)
        for (path, revision) in [("foo/a", Revision(4)), ("foo/b", 5)] {
            #expect(state.datasets.path(of: shared) != nil)
            let line = try Self.delete(path, revision)
            _ = state.apply(revision, line.change, line: line.line)
        }
        #expect(state.datasets.path(of: shared) == nil)
        let cost = state.cost
        let line = try Self.put("foo/c", 6, size: 8)
        _ = state.apply(6, line.change, line: line.line)
        #expect(state.cost == cost, "a changed entry replaces the old one")
    }

    @Test func twoCopiesThatTookDifferentWaysAgree() throws {
        var followed = Self.state([try Self.put("foo/a", 1)], at: 1)
        for line in [try Self.put("foo/b", 2), try Self.put("foo/a", 3, size: 7), try Self.delete("foo/b", 4)] {
            _ = followed.apply(line.revision, line.change, line: line.line)
        }
        let listed = Self.state([try Self.put("foo/a", 3, size: 7)], at: 4)
        #expect(listed.groupDigests["foo"] == followed.groupDigests["foo"])
        #expect(followed.differences(from: listed.groupDigests).isEmpty)
    }

    @Test func aMissedChangeShowsInTheDigest() throws {
        let full = Self.state([try Self.put("foo/a", 1), try Self.put("bar/b", 2)], at: 2)
        let partial = Self.state([try Self.put("foo/a", 1)], at: 2)
        #expect(partial.differences(from: full.groupDigests) == ["bar"])
        #expect(full.differences(from: partial.groupDigests) == ["bar"])
    }

    @Test func anotherEpochsRevisionsAreNotCompared() throws {
        var state = Self.state([try Self.put("foo/a", 900, size: 1)], at: 900)
        let effects = state.replace(
            group: nil, by: [try Self.put("foo/a", 2, size: 5)], at: .init(epoch: .random(), revision: 2))
        #expect(effects.count == 1)
        #expect(state.datasets[try DatasetPath("foo/a")]?.size == 5)
        #expect(state.position?.revision == 2)
    }

    @Test func removalsAreRememberedForWatchersUpToALimit() throws {
        var state = Self.state([], at: 0)
        let count = CatalogueState.tombstoneLimit + 10
        for number in 0..<count {
            let revision = Revision(number * 2 + 1)
            let put = try Self.put("foo/\(number)", revision), delete = try Self.delete("foo/\(number)", revision + 1)
            _ = state.apply(put.revision, put.change, line: put.line)
            _ = state.apply(delete.revision, delete.change, line: delete.line)
        }
        #expect(state.tombstones.count <= CatalogueState.tombstoneLimit)
        #expect(state.floor > 0 && state.floor < state.tombstones[0].revision)
        #expect(state.datasets.count == 0)
    }

    @Test func longRemovalsAreRememberedUpToALimitOfBytes() throws {
        var state = Self.state([], at: 0)
        let padding = [UInt8](repeating: 32, count: 1 << 20)
        for number in 0..<40 {
            let revision = Revision(number * 2 + 1)
            let put = try Self.put("foo/\(number)", revision), delete = try Self.delete("foo/\(number)", revision + 1)
            _ = state.apply(put.revision, put.change, line: put.line)
            _ = state.apply(delete.revision, delete.change, line: delete.line + padding)
        }
        #expect(state.tombstones.reduce(0) { $0 + $1.line.count } <= CatalogueState.tombstoneSizeLimit)
        let first = try #require(state.tombstones.first)
        #expect(state.floor > 0 && state.floor < first.revision)
        // One that is longer than all may be is not remembered, and watchers from before it list.
        let put = try Self.put("foo/last", 100), delete = try Self.delete("foo/last", 101)
        _ = state.apply(put.revision, put.change, line: put.line)
        let long = [UInt8](repeating: 32, count: CatalogueState.tombstoneSizeLimit)
        _ = state.apply(delete.revision, delete.change, line: delete.line + long)
        #expect(state.tombstones.isEmpty && state.floor == 101)
    }

    @Test func groupsThatComeAndGoLeaveNothing() throws {
        var state = Self.state([try Self.put("foo/a", 1)], at: 1)
        for number in 1...100 {
            let path = "group\(number)/a", revision = Revision(number * 2)
            let put = try Self.put(path, revision), delete = try Self.delete(path, revision + 1)
            _ = state.apply(put.revision, put.change, line: put.line)
            _ = state.apply(delete.revision, delete.change, line: delete.line)
        }
        #expect(Array(state.groupDigests.keys) == ["foo"])
        #expect(state.differences(from: state.groupDigests).isEmpty)
        #expect(state.differences(from: ["group1": StateDigest().digest]) == ["foo"], "nothing is as good as no group")
    }

    @Test func groupsTakeRoomAsDatasetsDo() throws {
        var state = Self.state([], at: 0)
        let limit = 10_000
        var count = 0
        func next() -> Line {
            let change = Change.group(
                Group(name: "group\(count)", publisher: "", urls: [], class: "", online: true, since: 0))
            let revision = Revision(count + 1)
            return (revision, change, FeedLine.change(revision, change).encoded)
        }
        while count < 1000, state.hasRoom(for: next().change, next().line, limit: limit) {
            let line = next()
            _ = state.apply(line.revision, line.change, line: line.line)
            count += 1
        }
        #expect((10..<100).contains(count))
        let removal = try Self.delete("foo/a", 5000)
        #expect(state.hasRoom(for: removal.change, removal.line, limit: limit))
    }
}

extension CatalogueState {
    /// Takes in a listing as a whole.
    mutating func replace(
        group: String?, by lines: [CatalogueStateTests.Line], at position: Position
    ) -> [Effect] {
        beginListing()
        let changed = lines.compactMap { applyListed($0.revision, $0.change, line: $0.line) }
        let now = ManualClock().now
        return changed + endListing(of: group, at: position, known: now, now: now)
    }
}

import Catalogue
import Digests
import Testing
import Versions

@testable import SubscriberService

/// A presence and nothing else: what happens to it is what the test says.
private final class Stage {
    var presence: Presence

    init(_ count: Int, length: Int64 = 1 << 20) {
        let manifest = Manifest(content: .plain, entries: (0..<count).map { _ in (length, SHA256().finish()) })
        presence = Presence(manifest, present: ChunkSet(capacity: count))
    }

    func kick() -> Bool { presence.kick().startsWorker }

    /// Starts as many workers as it may; none of them claims anything yet.
    func start() -> Int {
        var count = 0
        while kick() { count += 1 }
        return count
    }

    func claim(_ count: Int = 1) -> [Presence.Run] { (0..<count).compactMap { _ in presence.claim().run } }

    func arrived(_ place: Int) -> [Presence.Token] { presence.arrived(place).resumed.map(\.token) }
    func wantAll(_ wanted: Bool = true) -> Set<Presence.Token> { presence.wantAll(wanted) }
    func leave(_ token: Presence.Token) -> [Presence.Token] { presence.leave(token).resumed.map(\.token) }

    func finish(_ run: Presence.Run) {
        for chunk in run.chunks { _ = arrived(chunk) }
        _ = presence.release(run)
    }

    /// - Returns: the names of what is told.
    func fail(_ run: Presence.Run) -> [String] {
        presence.fail(run, FetchFailure(.unreachable, "gone")).events.map { event in
            switch event {
            case .requested: "requested"
            case .arrived: "arrived"
            case .removed: "removed"
            case .gaveUp: "gaveUp"
            }
        }
    }

    /// - Returns: `nil` when there is nothing to wait for.
    func ask(_ keys: Set<BlockKey>) -> (token: Presence.Token, fetches: [BlockFetch], requests: [String])? {
        let token = presence.token()
        return presence.ask(keys, token).map { (token, $0.fetches, $0.fetches.map { "\($0.request)" }) }
    }

    func ended(_ fetch: BlockFetch, _ failure: FetchFailure? = nil) -> Presence.Effects {
        presence.ended(fetch, failure.map { .failure($0) } ?? .success(()))
    }
}

/// The state machine alone: no files, no network, no tasks.
@Suite struct PresenceTests {
    @Test func workersShareWhatIsMissingAndEndWhenNothingIs() {
        let stage = Stage(20)
        _ = stage.wantAll()
        let workers = stage.start(), more = stage.start()
        #expect(workers == Presence.workerLimit && more == 0)
        let runs = stage.claim(2)
        #expect(runs.map(\.chunks) == [0..<8, 8..<16])
        stage.finish(runs[0])
        let last = stage.claim()
        #expect(last.map(\.chunks) == [16..<20])
        stage.finish(runs[1])
        stage.finish(last[0])
        for _ in 0..<workers { #expect(stage.claim().isEmpty) }
        #expect(stage.presence.isComplete && stage.presence.held.bytes == 20 << 20)
        _ = stage.wantAll(false)
        #expect(stage.presence.isIdle)
    }

    @Test func whatAReaderWaitsForGoesFirst() {
        let stage = Stage(100)
        _ = stage.wantAll()
        _ = stage.start()
        #expect(stage.claim()[0].chunks == 0..<8)
        let reader = stage.presence.beginReading(50..<52)
        #expect(stage.claim()[0].chunks == 50..<52)
        stage.presence.endReading(reader)
        #expect(stage.claim()[0].chunks == 8..<16)
    }

    @Test func aLongChunkIsARunOfItsOwn() {
        let stage = Stage(3, length: 100 << 20)
        _ = stage.wantAll()
        #expect(stage.start() == Presence.workerLimit)
        #expect(stage.claim()[0].chunks == 0..<1)
    }

    @Test func nothingIsFetchedThatNobodyWants() {
        let stage = Stage(10)
        #expect(stage.start() == 0)
        let reader = stage.presence.beginReading(2..<4)
        #expect(stage.kick())
        let runs = stage.claim()
        #expect(runs[0].chunks == 2..<4)
        stage.presence.endReading(reader)
        #expect(stage.claim().isEmpty)
        _ = stage.presence.release(runs[0])
        #expect(stage.presence.isIdle)
    }

    @Test func aFailureIsToldOnceAndEndsWhatNobodyWaitsFor() {
        let stage = Stage(40)
        _ = stage.wantAll()
        _ = stage.start()
        let runs = stage.claim(2)
        let first = stage.fail(runs[0])
        let second = stage.fail(runs[1])
        #expect(first == ["requested", "gaveUp"] && second == ["requested"])
        #expect(stage.presence.isIdle)
        // Nobody starts for all of it, and a reader still gets what it needs.
        #expect(!stage.kick())
        _ = stage.presence.beginReading(5..<6)
        #expect(stage.kick())
        #expect(stage.claim()[0].chunks == 5..<6)
        #expect(!stage.kick())
        _ = stage.wantAll()
        #expect(stage.start() == Presence.workerLimit - 1)
    }

    @Test func aCompleteMirrorIsIdleWhateverIsWanted() {
        let stage = Stage(1)
        _ = stage.arrived(0)
        _ = stage.wantAll()
        #expect(stage.presence.isIdle && stage.start() == 0)
    }

    // MARK: Blocks beside chunks

    private static func blocks(_ place: Int, _ indices: Range<Int>) -> Set<BlockKey> {
        Set(indices.map { .block(place: place, index: $0) })
    }

    @Test func whoNeedsBlocksOfAChunkThatAWorkerHasClaimedWaitsForIt() throws {
        let stage = Stage(4)
        _ = stage.wantAll()
        _ = stage.start()
        let run = stage.claim()[0]
        let (token, fetches, _) = try #require(stage.ask(Self.blocks(1, 2..<4)))
        #expect(fetches.isEmpty && stage.presence.isAwaited)
        #expect(stage.arrived(1) == [token] && !stage.presence.isAwaited)
        _ = stage.presence.release(run)
        #expect(stage.ask(Self.blocks(1, 2..<4)) == nil, "it is there")
    }

    @Test func aRequestThatSomebodyWaitsForDoesNotEndWhenTheRestIsNotWanted() throws {
        let stage = Stage(4)
        _ = stage.wantAll()
        _ = stage.start()
        let run = stage.claim()[0]
        let request = stage.presence.token()
        let isWanted = stage.presence.beginRequest(request)
        #expect(isWanted)
        let (token, _, _) = try #require(stage.ask(Self.blocks(1, 2..<4)))
        #expect(stage.wantAll(false).isEmpty)
        // It has come to its end all the same: who waited for it looks again, and fetches it now.
        let resumed = stage.presence.release(run).resumed
        #expect(resumed.map(\.token) == [token])
        #expect(try resumed.first?.outcome.get() == Self.blocks(1, 2..<4))
        #expect(try #require(stage.ask(Self.blocks(1, 2..<4))).requests == ["1:2-3"])
    }

    @Test func aWorkerTakesNoChunkOfWhichAllIsOnItsWayAndLooksAgainWhenThatHasEnded() throws {
        let stage = Stage(3, length: 1 << 20)
        let whole = try #require(stage.ask([.chunk(place: 0)])).fetches[0]
        let most = try #require(stage.ask(Self.blocks(1, 0..<15))).fetches[0]
        let last = try #require(stage.ask(Self.blocks(1, 15..<16))).fetches[0]
        _ = stage.wantAll()
        _ = stage.start()
        let run = stage.claim()[0]
        #expect(run.chunks == 2..<3)
        stage.finish(run)
        #expect(stage.claim(Presence.workerLimit).isEmpty, "the rest is on its way")
        #expect(stage.ended(last, FetchFailure(.unreachable, "gone")).startsWorker)
        #expect(stage.claim().map(\.chunks) == [1..<2])
        #expect(!stage.ended(most).startsWorker, "a worker has it")
        #expect(stage.ended(whole).startsWorker, "it has not come")
        #expect(stage.claim().map(\.chunks) == [0..<1])
    }

    @Test func aBlockIsFetchedForAllWhoNeedItAndGoesOnWhenOneLeaves() throws {
        let stage = Stage(2)
        let (one, fetches, first) = try #require(stage.ask(Self.blocks(0, 0..<4)))
        let (other, _, second) = try #require(stage.ask(Self.blocks(0, 2..<6)))
        #expect(first == ["0:0-3"] && second == ["0:4-5"])
        // The rest of the chunk is asked for without what is on its way.
        let (third, _, rest) = try #require(stage.ask([.chunk(place: 0)]))
        #expect(rest == ["0:6-15"])
        #expect(stage.leave(one) == [one])
        #expect(!stage.presence.fetches.isEmpty && stage.presence.fetches.owners.contains(fetches[0].owner))
        let failed = stage.ended(fetches[0], FetchFailure(.timeout, "silent")).resumed
        #expect(Set(failed.map(\.token)) == [other, third])
        #expect(failed.allSatisfy { (try? $0.outcome.get()) == nil })
    }
}

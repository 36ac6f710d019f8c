import Catalogue
import Digests
import Testing

@testable import SubscriberService

/// Whose turn it is, without any request being sent.
@Suite struct RequestTableTests {
    private static func request(_ group: String, _ content: UInt8, size: Int? = 1) -> RequestTable.Request {
        let digest = SHA256().finish()
        let manifest = Manifest(content: .plain, entries: [(Int64(content) + 1, digest)])
        return .init(group: group, version: manifest.version, size: size)
    }

    @Test func oneGroupAndOneVersionLeaveRoomForOthers() {
        var table = RequestTable(limit: 8)
        let greedy = (0..<5).map { table.acquire(UInt64($0), Self.request("a", 1)) }
        #expect(greedy == [true, true, true, false, false], "one version")
        let other = (5..<8).map { table.acquire(UInt64($0), Self.request("a", 2)) }
        #expect(other == [true, false, false], "one group")
        let free = table.acquire(8, Self.request("b", 3))
        #expect(free)
        let next = table.release(Self.request("a", 2))
        #expect(next == [5] || next == [6], "the version that has fewer under way")
    }

    @Test func runsOfChunksLeaveAPlaceForBlocks() {
        var table = RequestTable(limit: 8)
        let runs = (0..<6).map { table.acquire(UInt64($0), Self.request("a", UInt8($0), size: nil)) }
        #expect(runs == [true, true, true, false, false, false])
        let blocks = table.acquire(10, Self.request("a", 9))
        #expect(blocks)
        let next = table.release(Self.request("a", 9))
        #expect(next == [], "its place is not for runs")
    }

    @Test func theSmallestGoesFirst() {
        var table = RequestTable(limit: 2)
        let first = table.acquire(0, Self.request("a", 1))
        let waiting = [(1, 500), (2, 3), (3, nil), (4, 40)].map { table.acquire($0, Self.request("a", 1, size: $1)) }
        #expect(first && waiting == [false, false, false, false])
        var order: [RequestTable.Token] = []
        for size in [1, 3, 40, 500] { order += table.release(Self.request("a", 1, size: size)) }
        #expect(order == [2, 4, 1, 3])
    }

    @Test func whatNobodyWaitsForLeavesRoomAndGoesLast() {
        var table = RequestTable(limit: 8)
        var idle = (0..<4).map { Self.request("a", $0, size: nil) }
        for index in idle.indices { idle[index].isAwaited = { false } }
        let runs = idle.enumerated().map { table.acquire(UInt64($0), $1) }
        #expect(runs == [true, true, false, false], "half of what a group may have")
        let reader = table.acquire(10, Self.request("a", 10, size: nil))
        #expect(reader, "who waits has a place")
        let next = table.acquire(11, Self.request("a", 11, size: nil))
        let order = table.release(Self.request("a", 10, size: nil))
        #expect(!next && order == [11], "before those that came first and nobody waits for")
    }

    @Test func whoLeavesIsNotServed() {
        var table = RequestTable(limit: 1)
        let first = table.acquire(0, Self.request("a", 1))
        let second = table.acquire(1, Self.request("b", 2)), third = table.acquire(2, Self.request("c", 3))
        let left = table.leave(1), again = table.leave(1)
        #expect(first && !second && !third && left && !again)
        let next = table.release(Self.request("a", 1))
        #expect(next == [2])
    }
}

import Catalogue
import Digests
import Testing

@testable import SubscriberService

@Suite struct FillTableTests {
    static let version = Version(SHA256().finish())

    static func path(_ number: Int) throws -> DatasetPath { try DatasetPath("foo/\(number)") }

    @Test func noMoreThanTheLimitAtATimeAndTheRestInOrder() throws {
        var table = FillTable()
        for number in 0..<FillTable.limit - FillTable.reserve {
            let start = table.start(try Self.path(number), Self.version)
            #expect(start == .granted(instead: nil))
        }
        for number in [1000, 1001, 1000] {
            let start = table.start(try Self.path(number), Self.version)
            #expect(start == .queued)
        }
        let early = table.next()
        #expect(early == nil, "there is no room")
        let again = table.start(try Self.path(0), Self.version)
        #expect(again == .granted(instead: Self.version), "who is in stays in")
        _ = table.end(try Self.path(0))
        let next = [table.next(), table.next(), table.next()].compactMap { $0 }
        #expect(next == [try Self.path(1000), try Self.path(1001)], "who waits twice has one turn")
    }

    @Test func whatSomebodyAskedForDoesNotWaitForAllThatIsFollowed() throws {
        var table = FillTable()
        for number in 0..<10_000 { _ = table.start(try Self.path(number), Self.version) }
        let asked = table.start(try Self.path(20_000), Self.version, isUrgent: true)
        #expect(asked == .granted(instead: nil))
        for number in 20_001...20_049 { _ = table.start(try Self.path(number), Self.version, isUrgent: true) }
        let late = table.start(try Self.path(30_000), Self.version, isUrgent: true)
        _ = table.end(try Self.path(0))
        let next = table.next(), expected = try Self.path(30_000)
        #expect(late == .queued && next == expected, "and goes first when there are too many of those")
    }

    @Test func theEndOfAnOlderVersionIsNotThatOfTheNewer() throws {
        var table = FillTable()
        let digest = SHA256()
        digest.update(1)
        let path = try Self.path(0), newer = Version(digest.finish())
        _ = table.start(path, Self.version)
        _ = table.start(path, newer)
        let isOlderEnded = table.end(path, Self.version)
        #expect(!isOlderEnded && table[path] == newer)
        let isNewerEnded = table.end(path, newer)
        #expect(isNewerEnded && table.count == 0)
    }

    @Test func pausesGrowUntilSomethingArrives() throws {
        var table = FillTable()
        let path = try Self.path(0)
        let pauses = (0..<12).map { _ in table.failed(path, held: 0) }
        #expect(pauses[0] <= .milliseconds(50) && pauses[11] >= .milliseconds(2500))
        let better = table.failed(path, held: 1)
        #expect(better <= .milliseconds(50))
    }
}

import Catalogue
import HTTP
import Platform
import TestSupport
import Testing
import Wire

@testable import SubscriberService

/// A broker that has lost its log, or is another, makes nobody forget what was true.
@Suite(.patient) struct KeptTests {
    static let content = noise(500_000, seed: 4)

    private static func isKept(_ answer: HTTPClient.Response) -> Bool {
        answer.status == 200 && answer.body == content && answer.headers["Age"] != nil
            && answer.headers["Cache-Status"]?.contains("not-announced") == true
    }

    @Test func whatIsKnownStaysUntilItsPublisherHasAnnouncedAnew() async throws {
        try await Network.with { network in
            try await network.claim(announced: 5)
            try await network.publish("held", Self.content)
            try await network.publish("gone", [1])
            let near = try await network.subscriber("near"), far = try await network.subscriber("far", broker: near.url)
            for subscriber in [near, far] {
                try await subscriber.waitForList(["gone", "held"])
                _ = try await subscriber.post("/api/follow", ["foo/held"])
                try await subscriber.download("held")
            }
            try await network.restartBroker(forgetting: true)
            let epoch = try await network.client.send(.init(url: network.brokerURL + "/api/datasets"))
                .headers[ProtocolHeader.epoch]
            for subscriber in [near, far] {
                try await subscriber.wait("it follows the new log") {
                    subscriber.parts.copy.position?.epoch.text == epoch
                }
                #expect(try await subscriber.list() == ["foo/gone", "foo/held"])
                #expect(Self.isKept(try await subscriber.get("/api/download/foo/held")))
                #expect(try await subscriber.get("/api/datasets").text.contains("foo/held"))
                #expect(try subscriber.file("held") == Self.content)
                let info = try #require(try await subscriber.info()["foo/held"])
                #expect(info.complete && info.stale && info.file != nil)
                for path in ["/api/list", "/api/list/foo", "/api/tree/foo", "/api/datasets", "/api/datasets/foo/held"] {
                    let answer = try await subscriber.get(path)
                    #expect(answer.headers["Cache-Status"]?.contains("not-announced") == true, "\(path)")
                }
            }
            // One that is new sees what the one above it sees.
            let late = try await network.subscriber("late", broker: far.url)
            try await late.waitForList(["gone", "held"])
            try await late.wait("it gives it as what is kept") {
                Self.isKept(try await late.get("/api/download/foo/held"))
            }
            // What is announced is as good as ever, and the rest waits.
            try await network.publish("held", Self.content)
            for subscriber in [near, far, late] {
                try await subscriber.wait("it is announced") {
                    try await subscriber.get("/api/download/foo/held").headers["Age"] == nil
                }
                #expect(try await subscriber.list() == ["foo/gone", "foo/held"])
            }
            try await network.claim(announced: 6)
            for subscriber in [near, far, late] {
                try await subscriber.waitForList(["held"])
                #expect(subscriber.parts.copy.bookmark()?.digests == near.parts.copy.bookmark()?.digests)
            }
        }
    }

    @Test func whatIsKeptIsKeptOverARestartAndForgottenWhenTheOperatorSaysSo() async throws {
        try await Network.with { network in
            try await network.publish("held", Self.content)
            let first = try await network.subscriber()
            try await first.waitForList(["held"])
            try await first.download("held")
            await first.stop()
            try await network.restartBroker(forgetting: true)
            let second = try await network.subscriber()
            try await second.wait("it follows the new log") {
                Self.isKept(try await second.get("/api/download/foo/held"))
            }
            await second.stop()
            let subscriber = try await network.subscriber()
            #expect(Self.isKept(try await subscriber.get("/api/download/foo/held")))
            #expect(try await subscriber.post("/api/forget", ["bar"]).status == 404)
            #expect(try await subscriber.post("/api/forget", ["foo"]).status == 200)
            #expect(try await subscriber.list() == [])
            try await subscriber.wait("its copy is gone") { (try? subscriber.file("held")) == nil }
        }
    }

    @Test func aPublisherThatDoesNotSayWhenAllIsAnnouncedHasItsTime() async throws {
        try await Network.with { network in
            let clock = ManualClock()
            try await network.publish("a", [1])
            let subscriber = try await network.subscriber { $0.clock = clock }
            try await subscriber.waitForList(["a"])
            try await network.restartBroker(forgetting: true)
            try await network.publish("b", [2])
            try await subscriber.waitForList(["a", "b"])
            try await subscriber.wait("the publisher has not said more for a while") {
                await clock.sleepers(2)
                clock.advance(by: .seconds(1))
                return try await subscriber.list() == ["foo/b"]
            }
            let waited = clock.now - ManualClock().now
            #expect(waited >= KeptGroups.quiet)
        }
    }

    // MARK: Decisions

    private static func group(_ revision: Revision, announced: UInt64?, online: Bool = true) -> CatalogueStateTests.Line
    {
        let change = Change.group(
            Group(
                name: "foo", publisher: "p", urls: [], class: "public", online: online, since: 0, announced: announced))
        return (revision, change, FeedLine.change(revision, change).encoded)
    }

    private static func known() throws -> CatalogueState {
        CatalogueStateTests.state(
            [group(1, announced: 5), try CatalogueStateTests.put("foo/a", 2), try CatalogueStateTests.put("foo/b", 3)],
            at: 9)
    }

    private static func names(_ state: CatalogueState) -> [String] { state.datasets.paths.map(\.text) }

    @Test(arguments: [nil, 5, 4, 6] as [UInt64?])
    func anOlderCopyOfTheLogForgetsNothingUntilAllIsAnnouncedAnew(_ number: UInt64?) throws {
        var state = try Self.known()
        // The same epoch, and an earlier revision.
        let effects = state.replace(
            group: nil, by: [Self.group(1, announced: number), try CatalogueStateTests.put("foo/a", 2)],
            at: .init(epoch: CatalogueStateTests.epoch, revision: 4))
        #expect(Self.names(state) == (number == 6 ? ["foo/a"] : ["foo/a", "foo/b"]))
        #expect(effects.contains { $0.key == "foo/b" } == (number == 6))
        #expect(state.datasets[try DatasetPath("foo/a")]?.isKept == false)
        let line = Self.group(8, announced: 7)
        _ = state.apply(line.revision, line.change, line: line.line)
        _ = state.forgetIfAnnounced("foo")
        #expect(Self.names(state) == ["foo/a"])
        let plain = CatalogueStateTests.state([line, try CatalogueStateTests.put("foo/a", 2)], at: 9)
        #expect(state.groupDigests == plain.groupDigests && state.kept.isEmpty)
    }

    @Test func whatTheSameLogDoesNotHaveAnyMoreIsGone() throws {
        var state = try Self.known()
        _ = state.replace(
            group: nil, by: [Self.group(1, announced: 5), try CatalogueStateTests.put("foo/a", 2)],
            at: .init(epoch: CatalogueStateTests.epoch, revision: 9))
        #expect(Self.names(state) == ["foo/a"] && state.kept.isEmpty)
    }

    @Test func aPositionThatWasLostIsRememberedForComparison() throws {
        var state = try Self.known()
        state.losePosition()
        _ = state.replace(group: nil, by: [], at: .init(epoch: .random(), revision: 20))
        #expect(Self.names(state) == ["foo/a", "foo/b"])
        #expect(state.groups["foo"]?.group.online == false && state.groupDigests.isEmpty)
        // A second loss, and then a log that has the group again, as it was.
        state.losePosition()
        _ = state.replace(
            group: nil, by: [Self.group(3, announced: 5)], at: .init(epoch: .random(), revision: 3))
        #expect(Self.names(state) == ["foo/a", "foo/b"])
        #expect(state.groups["foo"]?.group.online == true)
        let delete = try CatalogueStateTests.delete("foo/b", 4)
        _ = state.apply(4, delete.change, line: delete.line)
        #expect(Self.names(state) == ["foo/a"], "what is said to be gone is gone")
    }

    @Test func groupsThatDoNotComeBackAreKept() throws {
        var state = try Self.known()
        let now = ManualClock().now
        _ = state.replace(group: nil, by: [], at: .init(epoch: .random(), revision: 0))
        for days in [1, 1000] {
            let effects = state.forgetOverdue(now + .seconds(86_400 * days))
            #expect(effects.isEmpty)
        }
        #expect(Self.names(state) == ["foo/a", "foo/b"])
    }

    @Test func aBusyPublisherThatSaysNothingMoreIsNotWaitedForForEver() throws {
        var state = try Self.known()
        var now = ManualClock().now
        let lines = [Self.group(1, announced: 3), try CatalogueStateTests.put("foo/c", 2)]
        _ = state.replace(group: nil, by: lines, at: .init(epoch: .random(), revision: 2))
        for second in 1...11 {
            now += .seconds(60)
            state.note(activityOf: "foo", now)
            _ = state.forgetOverdue(now)
            #expect(state.kept.isEmpty == (second >= 10))
        }
        #expect(Self.names(state) == ["foo/c"])
    }
}

import Catalogue
import HTTP
import Platform
import Synchronization
import TestSupport
import Testing

@testable import SubscriberService

/// What nobody knows to be current says so, however many subscribers are between a reader and the broker.
@Suite(.patient) struct DoubtTests {
    static let content = noise(300_000, seed: 3)
    static let reads = [
        "/api/download/foo/a", "/api/fetch/foo/a", "/api/info/foo/a", "/api/datasets/foo/a", "/api/datasets",
        "/api/list",
        "/api/list/foo", "/api/info", "/api/tree", "/api/tree/foo", "/api/publishers", "/api/roots",
    ]

    /// A chain of three, each of which holds `foo/a`.
    private static func with(
        _ body: @escaping @Sendable (Network, _ chain: [TestSubscriber]) async throws -> Void
    ) async throws {
        try await Network.with { network in
            try await network.publish("a", content)
            var chain: [TestSubscriber] = []
            for name in ["near", "middle", "far"] {
                let next = try await network.subscriber(name, broker: chain.last?.url)
                try await next.waitForList(["a"])
                try await next.download("a")
                chain.append(next)
            }
            try await body(network, chain)
        }
    }

    @Test func doubtTravelsDownAChainAndEndsWhenTheBrokerIsBack() async throws {
        try await Self.with { network, chain in
            let far = chain[2]
            for path in Self.reads {
                try await far.wait("nothing is in doubt at \(path)") { try await far.get(path).headers["Age"] == nil }
            }
            let tag = try #require(try await far.get("/api/download/foo/a").headers["ETag"])
            await network.stopBroker()
            for subscriber in chain {
                for path in Self.reads {
                    try await subscriber.wait("\(path) is in doubt") {
                        let answer = try await subscriber.get(path)
                        return answer.status == 200 && answer.headers["Age"] != nil
                            && answer.headers["Cache-Status"]?.contains("broker-unreachable") == true
                    }
                }
                let doubtful = try await subscriber.get("/api/status").text
                #expect(doubtful.contains("\"stale\":"), "\(doubtful)")
                #expect(try await subscriber.get("/ready").text.contains("\"stale\":"))
            }
            for headers in [["Range": "bytes=0-9"], ["If-None-Match": tag]] as [HTTPHeaders] {
                let answer = try await far.get("/api/download/foo/a", headers: headers)
                #expect([206, 304].contains(answer.status) && answer.headers["Age"] != nil)
            }
            let head = try await far.client.send(.init(method: "HEAD", url: far.url + "/api/download/foo/a"))
            #expect(head.status == 200 && head.headers["Age"] != nil)
            #expect(try await far.bytes("a") == Self.content)
            // At the same address, with the log that it had.
            try await network.restartBroker()
            for subscriber in chain {
                for path in Self.reads {
                    try await subscriber.wait("\(path) is current again") {
                        try await subscriber.get(path).headers["Age"] == nil
                    }
                }
            }
        }
    }

    @Test func whoComesWhenTheBrokerIsGoneIsToldAtOnce() async throws {
        try await Self.with { network, chain in
            await network.stopBroker()
            try await chain[2].wait("the last one knows") { try await chain[2].get("/api/list").headers["Age"] != nil }
            let late = try await network.subscriber("late", broker: chain[2].url)
            // Never does it give for current what it lists.
            try await late.wait("it has a list") {
                let answer = try await late.get("/api/download/foo/a")
                guard answer.status == 200 else { return false }
                #expect(answer.headers["Age"] != nil && answer.body == Self.content)
                return true
            }
        }
    }

    @Test func whoStartsWithoutABrokerSaysHowOldItIs() async throws {
        try await Self.with { network, chain in
            await chain[0].stop()
            await network.stopBroker()
            let again = try await network.subscriber("near")
            let answer = try await again.get("/api/download/foo/a")
            #expect(answer.status == 200 && answer.body == Self.content)
            let age = try #require(answer.headers["Age"].flatMap { Int($0) })
            #expect((0...600).contains(age))
        }
    }

    @Test func theSubscriberInTheMiddleIsSilent() throws {
        let clock = ManualClock()
        let status = BrokerStatus(url: "http://near", clock: clock, age: nil)
        let log = Logger("test", level: .error)
        #expect(status.snapshot.isInDoubt && status.snapshot.lag == nil)
        status.connected(log)
        #expect(status.snapshot.isInDoubt, "nothing shows yet that what is here is current")
        status.agreed(stale: nil)
        #expect(!status.snapshot.isInDoubt && status.snapshot.stale == nil)
        // The connection stands, and nothing comes: as when a middle box has forgotten it.
        clock.advance(by: BrokerStatus.silence + .seconds(1))
        #expect(status.snapshot.stale == 7)
        status.heard()
        #expect(status.snapshot.stale == nil)
        // It has lost its own broker.
        status.agreed(stale: 100)
        clock.advance(by: .seconds(2))
        #expect(status.snapshot.stale == 102)
        status.heard()
        #expect(status.snapshot.stale == 102, "a line that it passes on late says nothing of now")
        // And has even no catalogue any more.
        status.agreed(stale: nil)
        status.unsure()
        clock.advance(by: .seconds(3))
        #expect(status.snapshot.stale == 3)
    }

    @Test(arguments: [(-86_400.0, 0.0), (0, 0), (86_400, 86_400), (1e300, 0x1p31)])
    func agesFromOutsideAreNeitherNegativeNorEndless(_ age: Double, _ wanted: Double) {
        let clock = ManualClock()
        #expect(BrokerStatus(url: "", clock: clock, age: age).snapshot.lag == wanted)
        let status = BrokerStatus(url: "", clock: clock, age: nil)
        status.connected(Logger("test", level: .error))
        status.agreed(stale: age)
        #expect(status.snapshot.stale == wanted)
    }

    @Test func aBrokerMaySendItsBookmarksLessOften() {
        let clock = ManualClock()
        let status = BrokerStatus(url: "", clock: clock, age: nil)
        status.connected(Logger("test", level: .error))
        status.agreed(stale: nil)
        clock.advance(by: .seconds(4.5))
        status.agreed(stale: nil)
        clock.advance(by: .seconds(8))
        #expect(!status.snapshot.isInDoubt)
        clock.advance(by: .seconds(2))
        #expect(status.snapshot.isInDoubt)
    }

    @Test func aBrokerThatSaysNowThisAndNowThatMakesNobodyBusy() {
        let clock = ManualClock(), told = Locked(0)
        let status = BrokerStatus(url: "", clock: clock, age: nil)
        status.connected(Logger("test", level: .error))
        status.observe { told.withLock { $0 += 1 } }
        for turn in 0..<1000 { status.agreed(stale: turn.isMultiple(of: 2) ? 5 : nil) }
        #expect((1...20).contains(told.withLock { $0 }))
    }

    @Test func silenceIsTold() async throws {
        let clock = ManualClock(), told = Flag()
        let status = BrokerStatus(url: "", clock: clock, age: nil)
        status.connected(Logger("test", level: .error))
        status.agreed(stale: nil)
        status.observe { told.set() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await status.run() }
            for _ in 0..<8 {
                await clock.sleepers()
                clock.advance(by: .seconds(1))
            }
            try await Eventually.holds("it is told") { told.isSet }
            group.cancelAll()
        }
    }
}

@Suite struct LinkNewsTests {
    @Test func aConnectionThatIsLostAgainAndAgainIsToldOfEverLessOften() {
        let clock = ManualClock()
        var news = LinkNews()
        var comings = 0, losses = 0
        // A day of resets, each two seconds after the connection came about.
        for _ in 0..<28_800 {
            if news.came(clock.now) { comings += 1 }
            clock.advance(by: .seconds(2))
            let loss = news.went(clock.now)
            #expect(!loss.hadStood)
            if loss.isNews { losses += 1 }
            clock.advance(by: .seconds(1))
        }
        #expect((1...40).contains(losses) && comings <= losses + 1)
    }

    @Test func aSingleLossIsToldOnceAndSoIsItsEnd() {
        let clock = ManualClock()
        var news = LinkNews()
        var isFirst = news.came(clock.now)
        #expect(isFirst)
        for _ in 0..<3 {
            clock.advance(by: .seconds(700))
            let loss = news.went(clock.now)
            #expect(loss.isNews && loss.hadStood)
            clock.advance(by: .seconds(5))
            let again = news.went(clock.now)
            #expect(!again.isNews, "it is still gone")
            isFirst = news.came(clock.now)
            #expect(isFirst)
        }
    }
}

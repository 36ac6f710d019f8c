import Catalogue
import HTTP
import Platform
import TestSupport
import Testing
import Wire

@testable import SubscriberService

/// The catalogue survives restarts of everybody, and subscribers chain.
@Suite(.patient) struct CatalogueFollowerTests {
    static let content = noise(3_000_000, seed: 8)

    @Test func aSubscriberMayStartBeforeTheBroker() async throws {
        try await Network.with { network in
            await network.stopBroker()
            let subscriber = try await network.subscriber()
            #expect(try await subscriber.get("/ready").status == 503)
            #expect(try await subscriber.get("/health").status == 200)
            try await network.restartBroker()
            try await network.publish("a.bin", [1])
            try await subscriber.waitForList(["a.bin"])
            #expect(try await subscriber.get("/ready").status == 200)
        }
    }

    @Test func whatHappensWhileASubscriberIsAwayIsNotMissed() async throws {
        try await Network.with { network in
            var subscriber = try await network.subscriber()
            for name in ["a", "b", "c"] { try await network.publish(name, [1]) }
            try await subscriber.waitForList(["a", "b", "c"])
            await subscriber.stop()
            try await network.announce(.delete(DatasetPath("foo/b")))
            try await network.publish("c", [2])
            try await network.publish("d", [3])
            subscriber = try await network.subscriber()
            try await subscriber.waitForList(["a", "c", "d"])
            #expect(try await subscriber.bytes("c") == [2])
        }
    }

    @Test func aLargeCatalogueIsPassedOnPageByPage() async throws {
        let count = 2 * CatalogueCopy.pageLimit + 345
        let lines = try (1...count).map { try HostileBrokerTests.put("foo/\($0)", Revision($0), size: Int64($0)) }
        let broker = HostileBrokerTests.HandMadeBroker { broker in
            lines + [.bookmark(Revision(count), broker.epochs[0], digests: [:])]
        } feed: { _ in
            []
        }
        try await Network.with { network in
            let near = try await network.subscriber("near", broker: try network.serve { broker.answer($0) })
            try await near.wait("all are listed") { near.parts.copy.position?.revision == Revision(count) }
            // Lines, compressed.
            let far = try await network.subscriber("far", broker: near.url)
            try await far.wait("all have come") { far.parts.copy.position?.revision == Revision(count) }
            #expect(near.parts.copy.bookmark()?.digests == far.parts.copy.bookmark()?.digests)
            let answer = try await near.get("/api/datasets")
            let datasets = try WireJSON.decode([String: Dataset].self, from: answer.body)
            #expect(datasets.count == count)
            #expect(datasets.allSatisfy { "\($0.value.path)" == $0.key && $0.key == "foo/\($0.value.size)" })
        }
    }

    @Test func aRestartedBrokerIsFollowedOn() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("a", [1])
            try await subscriber.waitForList(["a"])
            try await network.restartBroker()
            try await network.publish("b", [2])
            try await subscriber.waitForList(["a", "b"])
        }
    }

    @Test func aBrokerThatLostItsStateIsListedAgainAndMirrorsAreKept() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("a", Self.content)
            try await network.publish("old", [1])
            try await subscriber.waitForList(["a", "old"])
            _ = try await subscriber.post("/api/follow", ["foo/a"])
            try await subscriber.download("a")
            try await network.restartBroker(forgetting: true)
            network.publisher.resetCounters()
            try await network.publish("a", Self.content)
            try await network.claim(announced: 1)
            try await subscriber.waitForList(["a"])
            try await subscriber.wait("the copy is there") { (try? subscriber.file("a")) == Self.content }
            #expect(network.publisher.dataBytes == 0)
        }
    }

    @Test func aBrokerThatWasGivenAnOlderCopyOfItsLogIsFollowedByAll() async throws {
        try await Network.with { network in
            let near = try await network.subscriber("near")
            let far = try await network.subscriber("far", broker: near.url)
            try await network.publish("a", [1])
            try await far.waitForList(["a"])
            try await network.stopBroker(savingTo: "backup")
            try await network.restartBroker()
            for name in ["b", "c", "d"] { try await network.publish(name, [2]) }
            try await far.waitForList(["a", "b", "c", "d"])
            await network.stopBroker()
            try await network.restartBroker(from: "backup")
            try await network.publish("e", [3])
            // Until all is announced nobody knows what of the rest is gone.
            try await near.waitForList(["a", "b", "c", "d", "e"])
            try await far.waitForList(["a", "b", "c", "d", "e"])
            try await network.claim(announced: 1)
            try await near.waitForList(["a", "e"])
            try await far.waitForList(["a", "e"])
        }
    }

    @Test func onlyTheGroupsThatAreAskedForAreListed() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber("other") { $0.groups = ["bar"] }
            try await network.publish("a", [1])
            try await subscriber.wait("it is connected") { try await subscriber.status().broker.connected }
            #expect(try await subscriber.list() == [])
        }
    }

    @Test func aSubscriberIsBrokerAndPublisherToTheNext() async throws {
        try await Network.with { network in
            let near = try await network.subscriber("near")
            let far = try await network.subscriber("far", broker: near.url)
            try await network.publish("a", Self.content)
            try await far.waitForList(["a"])
            try await near.download("a")
            await network.stopPublisher()
            network.publisher.resetCounters()
            #expect(try await far.bytes("a") == Self.content, "the bytes come from the subscriber in the middle")
            // A change travels through both, and a removal.
            try await network.announce(.delete(DatasetPath("foo/a")))
            try await far.waitForList([])
        }
    }

    @Test func aReadThroughAChainFillsItsMiddle() async throws {
        try await Network.with { network in
            let near = try await network.subscriber("near")
            let far = try await network.subscriber("far", broker: near.url)
            try await network.publish("a", Self.content)
            try await far.waitForList(["a"])
            _ = try await far.post("/api/follow", ["foo/a"])
            try await far.download("a")
            #expect(network.publisher.dataBytes == Self.content.count)
            #expect(try await near.bytes("a") == Self.content)
            #expect(network.publisher.dataBytes == Self.content.count, "the middle had it already")
        }
    }

    @Test func aSubscriberTakesNoAnnouncements() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await subscriber.wait("it is connected") { try await subscriber.status().broker.connected }
            let answer = try await subscriber.client.send(
                .init(method: "PUT", url: subscriber.url + "/api/publishers/foo"))
            #expect(answer.status == 405 && answer.text.contains("broker"))
        }
    }
}

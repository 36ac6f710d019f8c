import Catalogue
import HTTP
import Platform
import TestSupport
import Testing
import Wire

@testable import SubscriberService

/// What an operator sees of a subscriber.
@Suite(.patient) struct SubscriberMetricsTests {
    private static func read(_ subscriber: TestSubscriber) async throws -> MetricsReading {
        let answer = try await subscriber.get("/metrics")
        #expect(answer.status == 200)
        return MetricsReading(answer.text)
    }

    @Test func fetchedHeldAndServedBytesAreCounted() async throws {
        try await Network.with { network in
            let content = noise(3_000_000, seed: 9)
            try await network.publish("a.bin", content)
            let subscriber = try await network.subscriber { $0.cacheSize = 64 << 20 }
            try await subscriber.waitForList(["a.bin"])
            #expect(try await subscriber.bytes("a.bin") == content)
            #expect(try await subscriber.bytes("a.bin") == content)
            #expect(try await subscriber.get("/api/download/foo/none").status == 404)

            // The index learns of it a little later.
            try await subscriber.wait("all is held") {
                try await Self.read(subscriber)["bpubsub_subscriber_held_bytes"] == 3_000_000
            }
            let metrics = try await Self.read(subscriber)
            #expect(metrics["bpubsub_subscriber_broker_connected"] == 1)
            #expect(metrics["bpubsub_subscriber_publisher_online{group=\"foo\"}"] == 1)
            #expect(metrics["bpubsub_subscriber_datasets"] == 1)
            #expect(metrics["bpubsub_subscriber_mirrors{state=\"complete\"}"] == 1)
            #expect(metrics["bpubsub_subscriber_mirrors{state=\"partial\"}"] == 0)
            #expect(metrics["bpubsub_subscriber_held_limit_bytes"] == Double(64 << 20))
            let fetched = try #require(metrics["bpubsub_subscriber_fetched_bytes_total"])
            #expect(fetched > 3_000_000 && fetched < 3_010_000, "the bytes once, and a manifest")
            #expect(try #require(metrics["bpubsub_subscriber_publisher_requests_total"]) >= 2)
            #expect(try #require(metrics["bpubsub_http_sent_bytes_total"]) > 6_000_000)
            #expect(try #require(metrics["bpubsub_http_requests_total{code=\"4xx\"}"]) == 1)
        }
    }

    @Test func keptAnswersAreHitsAndTheStatusSaysTheSame() async throws {
        try await Network.with { network in
            try await network.publish("a.bin", [1, 2, 3])
            let subscriber = try await network.subscriber()
            try await subscriber.waitForList(["a.bin"])
            for _ in 0..<5 { #expect(try await subscriber.get("/api/info/foo/a.bin").status == 200) }

            let status = try await subscriber.get("/api/status").text
            #expect(status.contains("\"hits\":4") && status.contains("\"misses\":1"), "\(status)")
            for key in ["uptime", "memory", "requests", "sentBytes"] { #expect(status.contains("\"\(key)\":")) }
            let metrics = try await Self.read(subscriber)
            #expect(metrics["bpubsub_subscriber_cache_hits_total"] == 4)
            #expect(metrics["bpubsub_subscriber_cache_misses_total"] == 1)
            #expect(metrics["bpubsub_subscriber_cache_answers"] == 1)
        }
    }

    @Test func aBrokerThatWentIsSeenAtOnce() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await subscriber.wait("it is connected") { try await subscriber.status().broker.connected }
            await network.stopBroker()
            try await subscriber.wait("the broker is missed") {
                try await Self.read(subscriber)["bpubsub_subscriber_broker_connected"] == 0
            }
            #expect(try await Self.read(subscriber)["bpubsub_subscriber_broker_lag_seconds"] != nil)
        }
    }

    @Test func aPublisherThatWentLagsMoreAndMore() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            let lag = #"bpubsub_subscriber_publisher_lag_seconds{group="foo"}"#
            try await subscriber.wait("the publisher is known") { try await Self.read(subscriber)[lag] != nil }
            try await network.giveBackLease()
            try await subscriber.wait("it lags, though the broker is heard of all the time") {
                try await Self.read(subscriber)[lag] ?? 0 > 0.5
            }
            for path in ["/api/status", "/api/tree"] {
                #expect(try await subscriber.get(path).text.contains(#""lag":"#), "\(path)")
            }
        }
    }

    @Test func manyGroupsDoNotBecomeManyNumbers() async throws {
        try await Network.with { network in
            let count = SubscriberMetrics.groupLimit + 20
            for number in 0..<count {
                let claim = Claim(
                    secret: String(repeating: "cd", count: 32), urls: ["http://127.0.0.1:9"], class: "public")
                _ = try await network.client.send(
                    .init(
                        method: "PUT", url: network.brokerURL + "/api/publishers/group-\(number)",
                        body: .init(WireJSON.encode(claim))))
            }
            let subscriber = try await network.subscriber()
            try await subscriber.wait("all groups are known") {
                try await Self.read(subscriber)["bpubsub_subscriber_groups{state=\"online\"}"] == Double(count + 1)
            }
            let names = try await Self.read(subscriber).samples.keys
            #expect(
                names.count { $0.hasPrefix("bpubsub_subscriber_publisher_online{") } == SubscriberMetrics.groupLimit)
        }
    }
}

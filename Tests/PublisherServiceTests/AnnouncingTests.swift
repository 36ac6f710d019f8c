import BrokerService
import Catalogue
import HTTP
import Platform
import PublisherService
import TestSupport
import Testing

/// The broker comes, goes, forgets, and has other publishers.
@Suite(.patient) struct AnnouncingTests {
    /// An address where nobody listens, for a broker that comes later: one of the many of this machine, since a port of
    /// the usual one may be anybody's by then.
    private static func freeAddress() async throws -> Endpoint {
        let numbers = (0..<3).map { _ in String(UInt8.random(in: 2...250)) }
        let host = "127." + numbers.joined(separator: ".")
        return try HTTPServer(.init(listen: Endpoint(host: host, port: 0))) { _ in HTTPResponse() }.endpoint
    }

    private static func with<R: Sendable>(
        _ body: (_ base: String, _ folder: DataFolder, _ address: Endpoint) async throws -> R
    ) async throws -> R {
        try await withTemporaryFolder("publisher") { base in
            try await body(base, try DataFolder(base + "/data"), try await freeAddress())
        }
    }

    @Test func aPublisherServesWithoutABrokerAndAnnouncesWhenItComes() async throws {
        try await Self.with { base, folder, address in
            try folder.write("a", [1])
            try await PublisherHarness.withPublisher(base, folder, broker: address.url) { harness in
                try await Eventually.holds("it serves") {
                    try await harness.get("/api/download/foo/a").status == 200
                }
                #expect(!harness.publisher.isAnnouncing)
                try await PublisherHarness.withBroker(state: base + "/broker", listen: address) { _ in
                    try await harness.published("a", [1])
                }
            }
        }
    }

    @Test func whatChangesWhileTheBrokerIsAwayIsAnnouncedAfterwards() async throws {
        try await Self.with { base, folder, address in
            try folder.write("stays", [1])
            try folder.write("goes", [2])
            try folder.write("changes", [3])
            try await PublisherHarness.withPublisher(base, folder, broker: address.url) { harness in
                try await PublisherHarness.withBroker(state: base + "/broker", listen: address) { _ in
                    try await harness.watch.until("all") { $0.count == 3 }
                }
                try folder.remove("goes")
                try folder.write("changes", [3, 3])
                try folder.write("comes", [4])
                try await PublisherHarness.withBroker(state: base + "/broker", listen: address) { _ in
                    try await harness.published("changes", [3, 3])
                    try await harness.published("comes", [4])
                    try await harness.withdrawn("goes")
                    #expect(harness.watch.view.history(of: "stays").count == 1)
                }
            }
        }
    }

    @Test func aBrokerThatHasLostItsLogIsToldEverything() async throws {
        try await Self.with { base, folder, address in
            for index in 0..<20 { try folder.write("\(index)", [UInt8(index)]) }
            try await PublisherHarness.withPublisher(base, folder, broker: address.url) { harness in
                for round in 0..<2 {
                    try await PublisherHarness.withBroker(state: base + "/broker\(round)", listen: address) { broker in
                        let watch = CatalogueWatch()
                        try await PublisherHarness.beside({ await watch.run(broker.endpoint.url) }) {
                            try await watch.until("all") { $0.count == 20 && $0.group?.online == true }
                        }
                    }
                }
            }
        }
    }

    @Test func onceAllIsAnnouncedTheBrokerIsToldSo() async throws {
        try await Self.with { base, folder, address in
            for index in 0..<20 { try folder.write("\(index)", [UInt8(index)]) }
            try await PublisherHarness.withPublisher(base, folder, broker: address.url) { harness in
                var last: UInt64 = 0
                // The same log, and then another: that all is said is said anew each time.
                for state in ["broker", "broker", "other"] {
                    try await PublisherHarness.withBroker(state: "\(base)/\(state)", listen: address) { broker in
                        let watch = CatalogueWatch()
                        try await PublisherHarness.beside({ await watch.run(broker.endpoint.url) }) { [last] in
                            try await watch.until("all is announced") { ($0.group?.announced ?? 0) > last }
                            #expect(watch.view.count == 20, "it is not said before all is there")
                        }
                        last = watch.view.group?.announced ?? 0
                    }
                }
            }
        }
    }

    @Test func aGroupThatAnotherPublisherHasIsWaitedFor() async throws {
        try await Self.with { base, folder, address in
            try folder.write("mine", [1])
            let other = try DataFolder(base + "/other")
            try other.write("theirs", [2])
            try await PublisherHarness.withBroker(state: base + "/broker", listen: address) { _ in
                try await PublisherHarness.withPublisher(
                    base, other, broker: address.url, { $0.state = base + "/other-state" }
                ) { first in
                    try await first.published("theirs", [2])
                    try await PublisherHarness.withPublisher(base, folder, broker: address.url) { second in
                        try await Eventually.holds("it serves meanwhile") {
                            try await second.get("/api/download/foo/mine").status == 200
                        }
                        try await first.settled(marker: "marker")
                        #expect(!second.publisher.isAnnouncing)
                        #expect(first.watch.view.names == ["marker", "theirs"])
                    }
                }
                // The first one has given the group back, and its datasets are still in the catalogue.
                try await PublisherHarness.withPublisher(base, folder, broker: address.url) { second in
                    try await second.published("mine", [1])
                    try await second.watch.until("the other's are gone") { $0.names == ["mine"] }
                }
            }
        }
    }

    @Test func theGroupIsOnlineForAsLongAsThePublisherRuns() async throws {
        try await Self.with { base, folder, address in
            try await PublisherHarness.withBroker(state: base + "/broker", listen: address, leaseSeconds: 0.3) { _ in
                let watch = CatalogueWatch()
                try await PublisherHarness.beside({ await watch.run(address.url) }) {
                    try await PublisherHarness.withPublisher(
                        base, folder, broker: address.url,
                        {
                            $0.advertise = ["http://elsewhere:99"]
                            $0.class = "weather"
                        }
                    ) { harness in
                        let view = try await watch.until("online") { $0.group?.online == true }
                        #expect(view.group?.urls == ["http://elsewhere:99"])
                        #expect(view.group?.class == "weather")
                        try folder.write("a", [1])
                        try await harness.published("a", [1])
                    }
                    try await watch.until("offline") { $0.group?.online == false }
                    #expect(watch.view["a"] != nil)
                }
            }
        }
    }
}

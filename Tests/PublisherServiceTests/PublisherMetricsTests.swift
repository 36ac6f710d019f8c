import HTTP
import Platform
import TestSupport
import Testing

/// What an operator sees of a publisher.
@Suite(.patient) struct PublisherMetricsTests {
    private static func read(_ harness: PublisherHarness) async throws -> MetricsReading {
        let answer = try await harness.get("/metrics")
        #expect(answer.status == 200)
        return MetricsReading(answer.text)
    }

    @Test func filesContentsAndBytesAreCounted() async throws {
        let content = Content.random(200_000, seed: 3)
        try await PublisherHarness.run { harness in
            for name in ["a", "b"] { try harness.folder.write(name, content) }
            try harness.folder.write("c", [1, 2, 3])
            for name in ["a", "b"] { try await harness.published(name, content) }
            try await harness.published("c", [1, 2, 3])
            #expect(try await harness.download("a") == content)

            let metrics = try await Self.read(harness)
            #expect(metrics["bpubsub_publisher_datasets"] == 3)
            #expect(metrics["bpubsub_publisher_versions"] == 2)
            #expect(metrics["bpubsub_publisher_scanned"] == 1)
            #expect(try #require(metrics["bpubsub_publisher_files_read_total"]) >= 3)
            #expect(try #require(metrics["bpubsub_publisher_digested_bytes_total"]) >= 400_003)
            #expect(metrics["bpubsub_publisher_served_bytes_total"] == 200_000)
            #expect(try #require(metrics["bpubsub_http_sent_bytes_total"]) >= 200_000)
        }
    }

    @Test func theLeaseIsSeenToBeHeldAndLost() async throws {
        try await PublisherHarness.run { harness in
            try await harness.settled()
            let metrics = try await Self.read(harness)
            #expect(metrics["bpubsub_publisher_broker_connected"] == 1)
            let (lag, rest) = (
                try #require(metrics["bpubsub_publisher_broker_lag_seconds"]),
                try #require(metrics["bpubsub_publisher_lease_remaining_seconds"])
            )
            #expect(lag >= 0 && rest > 0 && abs(lag + rest - 10) < 1e-6, "a lease is for ten seconds")
        }
        try await withTemporaryFolder("publisher") { base in
            let folder = try DataFolder(base + "/data")
            try await PublisherHarness.withPublisher(base, folder, broker: "http://127.0.0.1:9") { harness in
                let metrics = try await Self.read(harness)
                #expect(metrics["bpubsub_publisher_broker_connected"] == 0)
                #expect(metrics["bpubsub_publisher_broker_lag_seconds"] == nil)
                #expect(metrics.families.contains("bpubsub_publisher_broker_lag_seconds"), "it is named all the same")
            }
        }
    }
}

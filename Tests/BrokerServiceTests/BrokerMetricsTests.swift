import Catalogue
import HTTP
import TestSupport
import Testing
import Wire

/// What an operator sees of a broker.
@Suite(.patient) struct BrokerMetricsTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func read(_ broker: BrokerHarness) async throws -> MetricsReading {
        let answer = try await broker.send("GET", "/metrics")
        #expect(answer.status == 200)
        #expect(
            answer.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8")
        return MetricsReading(answer.text)
    }

    @Test func groupsDatasetsAndChangesAreCounted() async throws {
        try await BrokerHarness.run(folder) { broker in
            let first = try await broker.claim("foo"), second = try await broker.claim("bar", by: 1)
            _ = try await broker.announce(
                [.put(try Sample.dataset("foo/a")), .put(try Sample.dataset("foo/b"))], first)
            _ = try await broker.announce([.delete(try Sample.path("foo/a"))], first)
            _ = try await broker.send("DELETE", "/api/publishers/bar", [ProtocolHeader.lease: second.lease])
            #expect(try await broker.announceRaw([.delete(try Sample.path("bar/x"))], second.lease).status == 403)

            let metrics = try await read(broker)
            #expect(metrics["bpubsub_broker_groups{state=\"online\"}"] == 1)
            #expect(metrics["bpubsub_broker_groups{state=\"offline\"}"] == 1)
            #expect(metrics["bpubsub_broker_datasets"] == 1)
            #expect(metrics["bpubsub_broker_revision"] == 6)
            #expect(metrics["bpubsub_broker_accepted_changes_total"] == 3)
            #expect(try #require(metrics["bpubsub_broker_log_bytes"]) > 0)
            #expect(metrics["bpubsub_http_requests_total{code=\"2xx\"}"] == 5)
            #expect(metrics["bpubsub_http_requests_total{code=\"4xx\"}"] == 1)
            #expect(metrics["bpubsub_build_info{service=\"broker\",version=\"0.1.0\"}"] == 1)
        }
    }

    @Test func aRestartedBrokerKnowsHowManyDatasetsThereAre() async throws {
        try await BrokerHarness.run(folder) { broker in
            let lease = try await broker.claim("foo")
            _ = try await broker.announce(try (0..<7).map { .put(try Sample.dataset("foo/\($0)")) }, lease)
        }
        try await BrokerHarness.run(folder) { broker in
            let metrics = try await read(broker)
            #expect(metrics["bpubsub_broker_datasets"] == 7)
            #expect(try await broker.send("POST", "/metrics").status == 405)
        }
    }
}

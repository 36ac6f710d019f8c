import HTTP
import Platform
import TestSupport
import Testing

/// What Prometheus sees of the real programs.
@Suite(
    .enabled(if: TestPython.isInstalled, "scripts/setup.sh --tests installs the parser"), .patient)
struct MetricsTests {
    private static let services = ["broker", "publisher", "subscriber"]

    @Test func everyMetricParsesAndIsDocumentedAndNoOtherIs() async throws {
        try await World.complete { world in
            try world.write("a.bin", noise(100_000, seed: 4))
            try await world.waitForList(["foo/a.bin"])
            try await world.bpubsub("download", "foo/a.bin")
            for service in Self.services {
                let answer = try await world.get("/metrics", from: service)
                #expect(answer.status == 200)
                #expect(
                    answer.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8")
                try FileSystem.writeAtomically("\(world.folder)/\(service).txt", answer.body)
            }
            let root = TestPython.packageFolder
            try await ChildProcess.with(
                TestPython.path,
                [root + "/Tests/Python/check_metrics.py", root + "/docs/metrics.md"]
                    + Self.services.map { "\(world.folder)/\($0).txt" }
            ) { process in
                let end = try await process.exit()
                #expect(end == .exited(0), "\(process.transcript)")
            }
        }
    }

    @Test func theProcessIsTheOneThatAnswers() async throws {
        try await World.with { world in
            let before = Timestamp.now.seconds
            try await world.startBroker()
            let first = MetricsReading(try await world.get("/metrics", from: "broker").text)
            let started = try #require(first["process_start_time_seconds"])
            // The kernel counts in hundredths.
            #expect(started > before - 1 && started < Timestamp.now.seconds + 1)
            #expect(try #require(first["process_resident_memory_bytes"]) > 1_000_000)
            #expect(try #require(first["process_open_fds"]) < (try #require(first["process_max_fds"])))
            let second = MetricsReading(try await world.get("/metrics", from: "broker").text)
            #expect(second["process_start_time_seconds"] == started)
            #expect(
                try #require(second["process_cpu_seconds_total"]) > (try #require(first["process_cpu_seconds_total"])))
            #expect(second.families == first.families)
        }
    }
}

import HTTP
import Metrics
import Platform
import TestSupport
import Testing

/// What a server and its feeds count of themselves.
@Suite(.patient) struct ServerStatisticsTests {
    private static func reading(_ families: [MetricFamily]) -> MetricsReading {
        MetricsReading(OpenMetricsText(families).text)
    }

    @Test("Requests are counted by the class of their answers, malformed ones too")
    func requests() async throws {
        let statistics = ServerStatistics()
        try await withServer(statistics: statistics) { request in
            HTTPResponse(status: Int(request.path.dropFirst()) ?? 0)
        } _: { port in
            for status in [200, 204, 304, 404, 410, 416, 500, 503, 7] {
                _ = try await blocking { try RawClient.get(port, "/\(status)") }
            }
            _ = try await blocking { try RawClient.get(port, "/%zz") }
        }
        let reading = Self.reading(statistics.metrics)
        let counts = (2...5).map { reading["bpubsub_http_requests_total{code=\"\($0)xx\"}"] }
        #expect(counts == [2, 1, 4, 3])
        #expect(statistics.answered == 10 && statistics.refused == 4 && statistics.failed == 3)
        #expect(reading["bpubsub_http_request_duration_seconds_count"] == 9, "the malformed one asked no handler")
    }

    @Test("Bytes are counted as they are sent, however they are made; a HEAD sends none")
    func bytes() async throws {
        let statistics = ServerStatistics()
        let bytes = [UInt8](repeating: 7, count: 1_000_000)
        try await withTemporaryFolder("statistics") { folder in
            try FileSystem.writeAtomically(folder + "/file", bytes)
            let file = try FileDescriptor(folder + "/file"), shared = SharedBytes(bytes)
            try await withServer(statistics: statistics) { request in
                switch request.path {
                case "/bytes": HTTPResponse(body: .bytes(shared))
                case "/segments": HTTPResponse(body: .segments([shared, shared]))
                case "/fixed": HTTPResponse(body: .fixedFile(file, offset: 500, length: 999_500))
                case "/file": HTTPResponse(body: .file(file, offset: 1000, length: 999_000))
                default:
                    HTTPResponse(
                        body: .stream(length: nil) { writer in for _ in 0..<3 { try await writer.write(shared) } })
                }
            } _: { port in
                for (path, count) in [
                    ("/bytes", 1_000_000), ("/segments", 2_000_000), ("/file", 999_000), ("/fixed", 999_500),
                    ("/", 3_000_000),
                ] {
                    let before = statistics.sentBytes
                    let reply = try await HTTPClient(.init(idleTimeout: Patience.limit)).send(
                        .init(url: "http://127.0.0.1:\(port)\(path)"), limit: 8 << 20)
                    #expect(reply.body.count == count)
                    #expect(statistics.sentBytes - before == count)
                    _ = try await HTTPClient(.init(idleTimeout: Patience.limit)).send(
                        .init(method: "HEAD", url: "http://127.0.0.1:\(port)\(path)"))
                    #expect(statistics.sentBytes - before == count)
                }
            }
        }
    }

    @Test("A feed counts who watches and what each of them was sent, from memory and from the past")
    func feeds() async throws {
        let source = FeedLogSource(), feeds = FeedStatistics(), requests = ServerStatistics()
        let feed = Feed(source: source, statistics: feeds)
        source.add((1...150).map { "old\($0)" }, to: feed)
        let server = try HTTPServer(
            .init(listen: Endpoint(host: "127.0.0.1", port: 0)), feeds: ["/feed": feed], statistics: requests
        ) { _ in HTTPResponse() }
        try await withThrowingTaskGroup { group in
            group.addTask { await server.run(grace: .milliseconds(200)) }
            let clients = try await blocking {
                try ["?after=0", "?after=100"].map { query in
                    let client = try FeedClient(server.endpoint.port, query)
                    _ = try client.head()
                    return client
                }
            }
            _ = try await blocking { (try clients[0].lines(150), try clients[1].lines(50)) }
            let reading = Self.reading(FeedStatistics.metrics([("changes", feeds)]))
            #expect(reading["bpubsub_feed_watchers{feed=\"changes\"}"] == 2)
            #expect(reading["bpubsub_feed_entries_total{feed=\"changes\"}"] == 200)
            // A line has a number, a space and at least four letters.
            #expect(try #require(reading["bpubsub_feed_sent_bytes_total{feed=\"changes\"}"]) > 200 * 7)
            #expect(requests.answered == 2)
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

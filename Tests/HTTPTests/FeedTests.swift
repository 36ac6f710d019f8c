import Glibc
import Platform
import Synchronization
import TestSupport
import Testing

@testable import HTTP

/// Serves `source` at `/feed`.
func withFeed(
    _ source: FeedLogSource, configure: (inout Feed.Configuration) -> Void = { $0.heartbeatInterval = .seconds(60) },
    _ body: @escaping @Sendable (Feed, UInt16) async throws -> Void
) async throws {
    var configuration = Feed.Configuration()
    configure(&configuration)
    let feed = Feed(source: source, configuration: configuration)
    let server = try HTTPServer(
        .init(listen: Endpoint(host: "127.0.0.1", port: 0)), feeds: ["/feed": feed]
    ) { .json("{\"method\":\"\($0.method)\"}") }
    try await withThrowingTaskGroup { group in
        group.addTask { await server.run(grace: .milliseconds(200)) }
        try await body(feed, server.endpoint.port)
        group.cancelAll()
        try await group.waitForAll()
    }
}

/// A client of a feed.
struct FeedClient: Sendable {
    let connection: RawClient
    private let text = Line()

    private final class Line: Sendable { let rest = Locked("") }

    init(_ port: UInt16, _ query: String = "", receiveBuffer: Int32? = nil) throws {
        connection = try RawClient(port, receiveBuffer: receiveBuffer)
        try connection.send("GET /feed\(query) HTTP/1.1\r\nHost: x\r\n\r\n")
    }

    /// The head of the response.
    func head() throws -> String? { try connection.receive(through: "\r\n\r\n") }

    /// The next line; `nil` at the end.
    func line() throws -> String? {
        while true {
            let found = text.rest.withLock { rest -> String? in
                guard let end = rest.firstIndex(of: "\n") else { return nil }
                defer { rest = String(rest[rest.index(after: end)...]) }
                return String(rest[..<end])
            }
            if let found { return found }
            guard let chunk = try connection.chunk(), !chunk.isEmpty else { return nil }
            text.rest.withLock { $0 += String(decoding: chunk, as: UTF8.self) }
        }
    }

    func lines(_ count: Int) throws -> [String] {
        var all: [String] = []
        while all.count < count, let line = try line() { all.append(line) }
        return all
    }
}

@Suite(.patient) struct FeedTests {
    @Test func everyWatcherSeesEveryEntryAsItHappens() async throws {
        let source = FeedLogSource()
        source.state.withLock { $0.greeting = "welcome\n" }
        try await withFeed(source) { feed, port in
            let clients = try await blocking {
                try (0..<5).map { _ in
                    let client = try FeedClient(port)
                    let head = try client.head()
                    #expect(head?.hasPrefix("HTTP/1.1 200 OK\r\n") == true)
                    #expect(head?.contains("Content-Type: application/x-ndjson") == true)
                    #expect(head?.contains("Cache-Control: no-store") == true)
                    #expect(head?.contains("Access-Control-Allow-Origin: *") == true)
                    let greeting = try client.line()
                    #expect(greeting == "welcome")
                    return client
                }
            }
            #expect(feed.watcherCount == 5)
            for n in 1...20 {
                source.add(["a\(n)"], to: feed)
                for client in clients {
                    let line = try await blocking { try client.line() }
                    #expect(line == "\(n) a\(n)")
                }
            }
        }
    }

    @Test func aLateWatcherGetsThePastAndThenThePresentWithoutGapOrDuplicate() async throws {
        let source = FeedLogSource()
        try await withFeed(source) {
            // The memory holds a few entries only, so watchers fall out of it all the time.
            $0.memoryLimit = 4000
            $0.heartbeatInterval = .seconds(60)
        } _: { feed, port in
            source.add((1...777).map { "old\($0)" }, to: feed)
            let total = 3000
            try await withThrowingTaskGroup(of: Void.self) { group in
                for start in [0, 0, 5, 700, 776, 777] {
                    group.addTask {
                        let lines = try await blocking {
                            let client = try FeedClient(port, "?after=\(start)")
                            _ = try client.head()
                            return try client.lines(total - start)
                        }
                        let positions = lines.map { Int($0.prefix { $0 != " " })! }
                        #expect(positions == Array(start + 1...total))
                    }
                }
                group.addTask {
                    for n in stride(from: 778, through: total, by: 3) {
                        source.add((n...min(n + 2, total)).map { "new\($0)" }, to: feed)
                        if n % 10 == 0 { await Task.yield() }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func entriesPublishedWhileAPageIsFetchedAreNeitherLostNorDoubled() async throws {
        let gate = Signal()
        let source = FeedLogSource(gate: gate)
        try await withFeed(source) { feed, port in
            let client = try FeedClient(port)
            // The first page is being fetched, for a watcher that knows nothing, while these are published.
            _ = try await blocking { try client.head() }
            source.add(["a", "b"], to: feed)
            gate.send()
            gate.send()
            let first = try await blocking { try client.lines(2) }
            #expect(first == ["1 a", "2 b"])
            source.add(["c"], to: feed)
            let next = try await blocking { try client.line() }
            #expect(next == "3 c")
        }
    }

    @Test func aFilterAppliesToThePastAndThePresent() async throws {
        let source = FeedLogSource()
        try await withFeed(source) { feed, port in
            source.state.withLock { $0.keys = ["x/1", "y/2", "x/3"] }
            let client = try FeedClient(port, "?prefix=x%2F")
            let past = try await blocking {
                _ = try client.head()
                return try client.lines(2)
            }
            #expect(past == ["1 x/1", "3 x/3"])
            source.add(["y/4", "x/5", "y/6", "x/7"], to: feed)
            let present = try await blocking { try client.lines(2) }
            #expect(present == ["5 x/5", "7 x/7"])
        }
    }

    @Test func whatTheSourceRefusesIsAnsweredWithItsReason() async throws {
        let source = FeedLogSource()
        source.state.withLock { $0.forgotten = 10 }
        try await withFeed(source) { feed, port in
            let gone = try await blocking { try RawClient.get(port, "/feed?after=3") }
            #expect(gone?.status == 410)
            #expect(gone?.reason == "Gone")
            #expect(gone?.text == "{\"detail\":\"list again: /feed\"}")
            #expect(gone?.headers["Content-Length"] != nil)
            let bad = try await blocking { try RawClient.get(port, "/feed?after=x") }
            #expect(bad?.status == 400)
            #expect(feed.watcherCount == 0)
        }
    }

    @Test func aPastThatIsGoneMeanwhileEndsTheStreamWithItsFarewell() async throws {
        let gate = Signal()
        let source = FeedLogSource(gate: gate)
        source.state.withLock { $0.keys = ["a", "b", "c"] }
        try await withFeed(source) { _, port in
            let client = try FeedClient(port, "?after=1")
            _ = try await blocking { try client.head() }
            source.state.withLock { $0.forgotten = 2 }
            gate.send()
            let lines = try await blocking { try client.lines(10) }
            #expect(lines == ["gone"])
            let rest = try await blocking { try client.connection.readAll() }
            #expect(rest.isEmpty)
        }
    }

    @Test func anIdleLineShowsThatItIsAlive() async throws {
        let source = FeedLogSource()
        try await withFeed(source) {
            $0.heartbeatInterval = .milliseconds(50)
        } _: { feed, port in
            let client = try FeedClient(port)
            let idle = try await blocking {
                _ = try client.head()
                return try client.lines(3)
            }
            #expect(idle == ["alive", "alive", "alive"])
            source.add(["a"], to: feed)
            let entry = try await blocking {
                var line = try client.line()
                while line == "alive" { line = try client.line() }
                return line
            }
            #expect(entry == "1 a")
        }
    }

    @Test func aSlowWatcherDelaysNobodyAndIsCutOffWithAWordWhereToGoOn() async throws {
        let source = FeedLogSource()
        try await withFeed(source) {
            $0.stallTimeout = .milliseconds(300)
            $0.drainTimeout = Patience.limit
            $0.heartbeatInterval = .seconds(60)
        } _: { feed, port in
            let slow = try FeedClient(port, receiveBuffer: 8 << 10), fast = try FeedClient(port)
            _ = try await blocking { (try slow.head(), try fast.head()) }
            let long = String(repeating: "x", count: 10_000)
            for n in 1...200 {
                source.add([long], to: feed)
                let line = try await blocking { try fast.line() }
                #expect(line?.hasPrefix("\(n) ") == true)
            }
            while feed.watcherCount > 1 { await Task.yield() }
            let lines = try await blocking {
                var all: [String] = []
                while let line = try slow.line() { all.append(line) }
                return all
            }
            let complete = lines.dropLast().map { Int($0.prefix { $0 != " " })! }
            #expect(complete == Array(1..<complete.count + 1), "whole lines, in order")
            #expect(complete.count < 200)
            #expect(lines.last == "resume \(complete.count)")
            source.add(["more"], to: feed)
            let line = try await blocking { try fast.line() }
            #expect(line == "201 more")
        }
    }

    @Test func aWatcherThatHangsUpIsForgotten() async throws {
        let source = FeedLogSource()
        try await withFeed(source) { feed, port in
            let clients = try await blocking {
                try (0..<20).map { _ in
                    let client = try FeedClient(port)
                    _ = try client.head()
                    return client
                }
            }
            #expect(feed.watcherCount == 20)
            for client in clients { client.connection.close() }
            while feed.watcherCount > 0 { await Task.yield() }
        }
    }

    @Test func thousandsWatchAtOnce() async throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let count = 2000
        let source = FeedLogSource()
        try await withFeed(source) { feed, port in
            let clients = try await blocking {
                let clients = try (0..<count).map { _ in try FeedClient(port) }
                for client in clients { _ = try client.head() }
                return clients
            }
            #expect(feed.watcherCount == count)
            for round in 1...3 {
                source.add(["n"], to: feed)
                let lines = try await blocking { try clients.map { try $0.line() } }
                #expect(lines.allSatisfy { $0 == "\(round) n" })
            }
        }
    }

    @Test func aFullFeedSaysSo() async throws {
        try await withFeed(FeedLogSource()) {
            $0.watcherLimit = 1
        } _: { _, port in
            let first = try FeedClient(port)
            _ = try await blocking { try first.head() }
            let reply = try await blocking { try RawClient.get(port, "/feed") }
            #expect(reply?.status == 503)
        }
    }

    @Test func aFullFeedTakesAPlaceFromTheAddressThatHasTheMost() async throws {
        try await withFeed(FeedLogSource()) {
            $0.watcherLimit = 3
            $0.heartbeatInterval = .seconds(60)
        } _: { _, port in
            let greedy = try (0..<3).map { _ in try FeedClient(port) }
            for client in greedy { _ = try await blocking { try client.head() } }
            let modest = try RawClient(port, host: 2)
            try modest.send("GET /feed HTTP/1.1\r\nHost: x\r\n\r\n")
            let head = try await blocking { try modest.receive(through: "\r\n\r\n") }
            #expect(head?.hasPrefix("HTTP/1.1 200") == true)
            // The last to come has lost its place, and is told where to go on.
            let farewell = try await blocking { try greedy[2].line() }
            #expect(farewell != nil)
            let again = try await blocking { try RawClient.get(port, "/feed") }
            #expect(again?.status == 503)
        }
    }

    @Test func onlyGetIsTheFeeds() async throws {
        try await withFeed(FeedLogSource()) { _, port in
            try await blocking {
                let post = try RawClient(port).exchange("POST /feed HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
                #expect(post?.text == "{\"method\":\"POST\"}")
                let client = try RawClient(port)
                let head = try client.exchange("HEAD /feed HTTP/1.1\r\nHost: x\r\n\r\n", toHead: true)
                #expect(head?.status == 200)
                #expect(head?.headers["X-Accel-Buffering"] == "no")
                #expect(head?.headers["Connection"] == "close")
            }
        }
    }

    /// Clients and proxies use a connection again, for whatever comes next.
    @Test(arguments: [1, 50])
    func aUsedConnectionBecomesAFeed(connections: Int) async throws {
        let source = FeedLogSource()
        source.state.withLock { $0.keys = ["a", "b"] }
        try await withFeed(source) { feed, port in
            let clients = try await blocking {
                try (0..<connections).map { _ in
                    let client = try RawClient(port)
                    for _ in 0..<3 {
                        #expect(try client.exchange("GET /other HTTP/1.1\r\nHost: x\r\n\r\n")?.status == 200)
                    }
                    try client.send("GET /feed?after=%31 HTTP/1.1\r\nHost: x\r\n\r\n")
                    let head = try client.receive(through: "\r\n\r\n")
                    #expect(head?.hasPrefix("HTTP/1.1 200") == true)
                    let chunk = try client.chunk()
                    #expect(chunk == Array("2 b\n".utf8))
                    return client
                }
            }
            #expect(feed.watcherCount == connections)
            source.add(["c"], to: feed)
            try await blocking {
                for client in clients {
                    let chunk = try client.chunk()
                    #expect(chunk == Array("3 c\n".utf8))
                    client.close()
                }
            }
            while feed.watcherCount > 0 { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    /// A proxy as it comes asks by HTTP/1.0, which has no chunks: the lines come bare, and the end of the connection ends them.
    @Test(arguments: [false, true])
    func aFeedByHTTP10HasNoChunks(isUsed: Bool) async throws {
        let source = FeedLogSource()
        source.state.withLock { $0.keys = ["a"] }
        try await withFeed(source) { feed, port in
            let client = try RawClient(port)
            try await blocking {
                if isUsed {
                    let first = try client.exchange("GET /other HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                    #expect(first?.status == 200)
                }
                try client.send("GET /feed?after=0 HTTP/1.0\r\n\r\n")
                let head = try client.receive(through: "\r\n\r\n")
                #expect(head?.hasPrefix("HTTP/1.1 200") == true)
                #expect(head?.contains("Transfer-Encoding") == false)
                #expect(head?.contains("X-Accel-Buffering: no\r\n") == true)
                let line = try client.receive(through: "\n")
                #expect(line == "1 a\n")
            }
            source.add(["b"], to: feed)
            let line = try await blocking { try client.receive(through: "\n") }
            #expect(line == "2 b\n")
            feed.restart(farewell: SharedBytes("bye\n"))
            let rest = try await blocking { try client.readAll() }
            #expect(rest == Array("bye\n".utf8))
        }
    }

    @Test func aRequestThatComesInPiecesOrByAnotherNameOfThePathIsServed() async throws {
        let source = FeedLogSource()
        source.state.withLock { $0.keys = ["a"] }
        try await withFeed(source) { _, port in
            try await blocking {
                let client = try RawClient(port)
                for piece in ["G", "ET /f", "%65", "ed?aft", "er=0 HTTP/1.1\r", "\nHost: x\r\n", "\r\n"] {
                    try client.send(piece)
                    // Each piece has to be seen by the server alone; nothing can be awaited for that.
                    usleep(5000)
                }
                let head = try client.receive(through: "\r\n\r\n"), chunk = try client.chunk()
                #expect(head?.hasPrefix("HTTP/1.1 200") == true)
                #expect(chunk == Array("1 a\n".utf8))
                let absolute = try RawClient(port)
                try absolute.send("GET http://x/feed HTTP/1.1\r\nHost: x\r\n\r\n")
                let other = try absolute.receive(through: "\r\n\r\n")
                #expect(other?.hasPrefix("HTTP/1.1 200") == true)
            }
        }
    }

    @Test(arguments: [
        ("GET /feed HTTP/2.0\r\nHost: x\r\n\r\n", 505), ("GET /feed HTTP/1.1\r\n\r\n", 400),
        ("GET /feed?a=%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("GET /feed\r\n\r\n", 400),
        ("GET /feed HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400),
        ("GET /feed HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n", 400),
        ("GET /feed HTTP/1.1\nHost: x\n\r\n\r\n", 400), ("GET /feed HTTP/1.1\r\nHost: x\r\nA: \u{1}\r\n\r\n", 400),
        ("GET /feed HTTP/1.1\r\nHost: x\r\nA: " + String(repeating: "a", count: 40_000), 431),
    ])
    func aMalformedRequestIsRefused(request: String, status: Int) async throws {
        try await withFeed(FeedLogSource()) { feed, port in
            let reply = try await blocking { try RawClient(port).exchange(request) }
            #expect(reply?.status == status)
            #expect(reply?.text.hasPrefix("{\"detail\":") == true)
        }
    }

    @Test func stoppingEndsTheStreamsProperly() async throws {
        let feed = Feed(source: FeedLogSource())
        let server = try HTTPServer(
            .init(listen: Endpoint(host: "127.0.0.1", port: 0)), feeds: ["/feed": feed]
        ) { _ in HTTPResponse() }
        let port = server.endpoint.port
        let serving = Task { await server.run() }
        let clients = try await blocking {
            try (0..<10).map { _ in
                let client = try FeedClient(port)
                _ = try client.head()
                return client
            }
        }
        let asking = try RawClient(port)
        try asking.send("GET /feed HTTP/1.1\r\n")
        serving.cancel()
        await serving.value
        #expect(feed.watcherCount == 0)
        for client in clients {
            // Heartbeats may still be on their way; the end is a proper one.
            let last = try await blocking {
                var chunk = try client.connection.chunk()
                while let heartbeat = chunk, !heartbeat.isEmpty { chunk = try client.connection.chunk() }
                return chunk
            }
            #expect(last == [])
        }
        // Nobody listens any more; it must not grow.
        feed.publish([FeedEntry(position: 1, key: nil, bytes: SharedBytes("x"))])
    }
}

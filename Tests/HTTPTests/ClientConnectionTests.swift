import HTTP
import Platform
import Synchronization
import TestSupport
import Testing

@Suite(.patient)
struct ClientConnectionTests {
    private let client = HTTPClient(.init(idleTimeout: Patience.limit))

    private static let polite: ScriptedServer.Script = { connection in
        while let request = connection.request() { connection.answer(String(request.prefix { $0 != "\r\n" })) }
    }

    @Test
    func oneConnectionServesOneRequestAfterTheOther() async throws {
        try await ScriptedServer.run(Self.polite) { server async throws in
            for index in 0..<50 {
                let response = try await client.send(.init(url: "\(server.url)/\(index)"))
                #expect(response.text == "GET /\(index) HTTP/1.1")
            }
            #expect(server.accepted == 1)
        }
    }

    @Test
    func whatARequestHeldIsNotKeptByTheConnection() async throws {
        final class Held: Sendable {}
        try await ScriptedServer.run(Self.polite) { server async throws in
            weak var held: Held?
            do {
                let mine = Held()
                held = mine
                _ = try await client.receive(.init(url: server.url + "/")) { _ in
                } onBytes: { _ in
                    withExtendedLifetime(mine) {}
                }
            }
            try await Eventually.holds("it is gone while the connection is kept") { held == nil }
        }
    }

    @Test
    func fiftyRequestsAtATimeGetTheirOwnAnswers() async throws {
        try await ScriptedServer.run(Self.polite) { server async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<50 {
                    group.addTask {
                        for round in 0..<4 {
                            let response = try await client.send(.init(url: "\(server.url)/\(index)/\(round)"))
                            #expect(response.text == "GET /\(index)/\(round) HTTP/1.1")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(server.accepted <= 32)
        }
    }

    @Test
    func noMoreTransfersRunThanAllowed() async throws {
        let running = Locked((now: 0, most: 0))
        let script: ScriptedServer.Script = { connection in
            while connection.request() != nil {
                running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                running.withLock { $0.now -= 1 }
                connection.answer()
            }
        }
        try await ScriptedServer.run(script) { server async throws in
            let client = HTTPClient(.init(maxConcurrent: 2))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<40 { group.addTask { _ = try await client.send(.init(url: server.url)) } }
                try await group.waitForAll()
            }
            #expect(running.withLock { $0.most } <= 2)
            #expect(server.accepted <= 2)
        }
    }

    @Test
    func aConnectionThatTheServerClosedIsReplaced() async throws {
        let closed = Notes<Int>()
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.answer("once")
            connection.close()
            closed.add(1)
        }
        try await ScriptedServer.run(script) { server async throws in
            for method in ["GET", "GET", "PUT", "POST", "GET"] {
                #expect(try await client.send(.init(method: method, url: server.url)).text == "once")
            }
            #expect(server.accepted == 5)
        }
    }

    @Test(arguments: ["GET", "PUT", "DELETE"])
    func aRequestThatMeetsAClosingConnectionIsRepeated(method: String) async throws {
        let script = Self.closingOnSecondRequest(Notes())
        try await ScriptedServer.run(script) { server async throws in
            for _ in 0..<2 { #expect(try await client.send(.init(method: method, url: server.url)).text == "first") }
            #expect(server.accepted == 2)
        }
    }

    @Test
    func aRequestThatMustNotBeRepeatedIsNot() async throws {
        let requests = Notes<String>()
        try await ScriptedServer.run(Self.closingOnSecondRequest(requests)) { server async throws in
            #expect(try await client.send(.init(url: server.url)).text == "first")
            #expect(try await client.send(.init(method: "POST", url: server.url)).text == "first")
            #expect(requests.all.filter { $0.hasPrefix("POST") }.count == 1)
        }
    }

    /// Each connection answers once and closes on the next request without a word.
    private static func closingOnSecondRequest(_ requests: Notes<String>) -> ScriptedServer.Script {
        { connection in
            if let request = connection.request() { requests.add(request) }
            connection.answer("first")
            if let request = connection.request() { requests.add(request) }
        }
    }

    @Test
    func feedsDoNotTakeTheThreadsOfRequests() async throws {
        let script: ScriptedServer.Script = { connection in
            while let request = connection.request() {
                guard request.hasPrefix("GET /feed") else {
                    connection.answer("short")
                    continue
                }
                connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                connection.chunk("line\n")
            }
        }
        try await ScriptedServer.run(script) { server async throws in
            let client = HTTPClient(.init(maxConcurrent: 1))
            let begun = (0..<3).map { _ in Event() }
            let feeds = begun.map { event in
                Task {
                    await codeThrown {
                        try await client.lines(.init(url: server.url + "/feed")) { _ in
                        } onLine: { _ in
                            event.happen()
                        }
                    }
                }
            }
            for event in begun { await event.wait() }
            #expect(try await client.send(.init(url: server.url)).text == "short")
            for feed in feeds {
                feed.cancel()
                #expect(await feed.value == .cancelled)
            }
        }
    }

    @Test
    func aClientThatIsLetGoClosesItsConnections() async throws {
        let ended = Event()
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.answer()
            connection.waitForEnd()
            ended.happen()
        }
        try await ScriptedServer.run(script) { server async throws in
            do {
                let client = HTTPClient(.init(idleTimeout: Patience.limit))
                _ = try await client.send(.init(url: server.url))
            }
            await ended.wait()
        }
    }

    @Test
    func anIdleConnectionIsGivenUpAndANewOneMadeWhenNeeded() async throws {
        let ended = Event()
        let script: ScriptedServer.Script = { connection in
            while connection.request() != nil { connection.answer("hello") }
            ended.happen()
        }
        try await ScriptedServer.run(script) { server async throws in
            let client = HTTPClient(.init(maxConcurrent: 1, keepAlive: .milliseconds(50)))
            #expect(try await client.send(.init(url: server.url)).text == "hello")
            await ended.wait()
            #expect(try await client.send(.init(url: server.url)).text == "hello")
            #expect(server.accepted == 2)
        }
    }

    @Test
    func threadsThatComeAndGoLoseNoRequest() async throws {
        try await ScriptedServer.run(Self.polite) { server async throws in
            let client = HTTPClient(.init(maxConcurrent: 2, keepAlive: .zero))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<200 { group.addTask { _ = try await client.send(.init(url: server.url)) } }
                try await group.waitForAll()
            }
            for _ in 0..<100 { _ = try await client.send(.init(url: server.url)) }
        }
    }
}

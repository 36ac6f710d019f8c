import Glibc
import HTTP
import Platform
import TestSupport
import Testing

@Suite(.patient)
struct ClientFaultTests {
    private let client = HTTPClient(.init(idleTimeout: Patience.limit))

    /// The client's error when the server sends `bytes` and closes.
    private func code(for bytes: String, isReset: Bool = false) async throws -> HTTPError.Code? {
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.send(bytes)
            if isReset { connection.reset() }
        }
        return try await ScriptedServer.run(script) { server async throws in
            await codeThrown { try await client.send(.init(url: server.url)) }
        }
    }

    @Test(arguments: [
        "", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123456789",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n123",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n123\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
    ])
    func anAnswerThatIsCutIsNoAnswer(bytes: String) async throws {
        #expect(try await code(for: bytes) == .peerClosed)
    }

    @Test
    func aResetConnectionIsNoAnswer() async throws {
        let bytes = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123456789"
        #expect(try await code(for: bytes, isReset: true) == .peerClosed)
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.2\r\n\r\n\r\n\r\n", "\0\u{1}\u{2}\u{3}\r\n\r\n",
        "<html>hello, this is no HTTP at all</html>",
        "HTTP/1.1 abc OK\r\n\r\n", "HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n123",
    ])
    func whatIsNotHTTPIsABadResponse(bytes: String) async throws {
        #expect(try await code(for: bytes) == .badResponse)
    }

    @Test
    func moreBytesThanAnnouncedDoNotReachTheNextAnswer() async throws {
        let script: ScriptedServer.Script = { connection in
            while connection.request() != nil { connection.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n123456") }
        }
        try await ScriptedServer.run(script) { server async throws in
            for _ in 0..<3 { #expect(try await client.send(.init(url: server.url)).text == "123") }
        }
    }

    @Test(arguments: ["one line", "many lines", "many heads"])
    func anEndlessHeadIsStopped(kind: String) async throws {
        let stopped = Event()
        let piece = String(repeating: "x", count: 1000)
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nX: ")
            while true {
                let goesOn =
                    switch kind {
                    case "one line": connection.send(piece)
                    default: connection.send("\r\nX: \(piece)")
                    }
                guard goesOn else { break }
            }
            stopped.happen()
        }
        let interim: ScriptedServer.Script = { connection in
            _ = connection.request()
            while connection.send("HTTP/1.1 103 Early Hints\r\nX: \(piece)\r\n\r\n") {}
            stopped.happen()
        }
        try await ScriptedServer.run(kind == "many heads" ? interim : script) { server async throws in
            #expect(await codeThrown { try await client.send(.init(url: server.url)) } == .tooLarge)
            await stopped.wait()
        }
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"])
    func silenceIsATimeout(bytes: String) async throws {
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.send(bytes)
            connection.waitForEnd()
        }
        try await ScriptedServer.run(script) { server async throws in
            let clock = ManualClock(), client = HTTPClient(.init(clock: clock))
            let request = HTTPClient.Request(url: server.url, idleTimeout: .milliseconds(150))
            let began = clock.now
            let code = try await clock.running(by: .milliseconds(20)) {
                await codeThrown { try await client.send(request) }
            }
            #expect(code == .timeout && clock.now - began >= .milliseconds(150))
        }
    }

    @Test
    func aSlowAnswerIsNoSilence() async throws {
        let clock = ManualClock(), client = HTTPClient(.init(clock: clock))
        let (next, asked) = (Turns(), Flag())
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
            asked.set()
            while next.take() { connection.send("x") }
        }
        try await ScriptedServer.run(script) { server async throws in
            let request = HTTPClient.Request(url: server.url, idleTimeout: .milliseconds(700))
            let came = Notes<Int>()
            async let head = client.receive(request) { _ in
            } onBytes: {
                came.add($0.byteCount)
            }
            // Each byte comes when nearly as much time has passed as may.
            for number in 0..<10 {
                try await Eventually.holds("\(number) bytes") { came.all.reduce(0, +) == number && asked.isSet }
                if number > 0 { clock.advance(by: .milliseconds(600)) }
                next.give()
            }
            #expect(try await head.status == 200)
            #expect(came.all.reduce(0, +) == 10)
        }
    }

    @Test(arguments: ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"])
    func anAnswerThatDribblesForEverIsATimeout(_ beginning: String) async throws {
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.send(beginning)
            // Until the client has gone, and slowly: a line that comes is no silence.
            while connection.send("X: x\r\n") { usleep(20_000) }
        }
        try await ScriptedServer.run(script) { server async throws in
            let request = HTTPClient.Request(url: server.url, idleTimeout: .milliseconds(300))
            #expect(await codeThrown { try await client.send(request) } == .timeout)
        }
    }

    @Test
    func aBusyCallbackIsNoSilence() async throws {
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.answer("x")
            connection.waitForEnd()
        }
        try await ScriptedServer.run(script) { server async throws in
            let clock = ManualClock(), client = HTTPClient(.init(clock: clock))
            let request = HTTPClient.Request(url: server.url, idleTimeout: .milliseconds(600))
            let head = try await client.receive(request) { _ in
                clock.advance(by: .milliseconds(800))
            } onBytes: { _ in
                clock.advance(by: .milliseconds(800))
            }
            #expect(head.status == 200)
        }
    }

    @Test
    func aCallThatTakesTooLongInAllIsATimeout() async throws {
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\n\r\n")
            // Until the client has gone, and slowly: a byte that comes is no silence.
            while connection.send("x") { usleep(20_000) }
        }
        try await ScriptedServer.run(script) { server async throws in
            let request = HTTPClient.Request(url: server.url, totalTimeout: .milliseconds(200))
            #expect(await codeThrown { try await client.send(request) } == .timeout)
        }
    }
}

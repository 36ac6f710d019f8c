import HTTP
import TestSupport
import Testing

@Suite(.patient)
struct ClientLinesTests {
    private let client = HTTPClient(.init(idleTimeout: Patience.limit))

    /// What the client makes of an answer in these pieces; the connection is closed after them.
    private func lines(
        of pieces: [String], head: String = "Transfer-Encoding: chunked\r\n", limit: Int = 100
    ) async throws -> (lines: [String], code: HTTPError.Code?) {
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\n\(head)\r\n")
            for piece in pieces { if head.isEmpty { connection.send(piece) } else { connection.chunk(piece) } }
        }
        return try await ScriptedServer.run(script) { server async throws in
            let notes = Notes<String>()
            do {
                try await client.lines(.init(url: server.url), lineLimit: limit) { head in
                    #expect(head.status == 200)
                } onLine: {
                    notes.add($0.text)
                }
                return (notes.all, nil)
            } catch let error as HTTPError {
                return (notes.all, error.code)
            }
        }
    }

    @Test
    func linesAreWholeHoweverTheyTravel() async throws {
        // An empty chunk is the end.
        let result = try await lines(of: ["on", "e\r", "\ntwo\n\n", "thr", "ee", "\nfour\r\n", "five", ""])
        #expect(result.lines == ["one", "two", "", "three", "four", "five"])
        #expect(result.code == nil)
    }

    @Test
    func aFeedThatIsCutSaysSo() async throws {
        let result = try await lines(of: ["one\n", "tw"])
        #expect(result.lines == ["one"])
        #expect(result.code == .peerClosed)
    }

    @Test
    func anAnswerWithoutLengthEndsWithAWholeLine() async throws {
        let whole = try await lines(of: ["one\ntwo\n"], head: "")
        #expect(whole.lines == ["one", "two"] && whole.code == nil)
        let cut = try await lines(of: ["one\ntw"], head: "")
        #expect(cut.lines == ["one"] && cut.code == .peerClosed)
    }

    @Test
    func aLineBeyondTheLimitIsAnError() async throws {
        let longest = String(repeating: "x", count: 100)
        let fits = try await lines(of: [
            "\(longest)\r\n\(longest)\n", String(longest.prefix(60)), "\(longest.prefix(40))\r", "\n", "",
        ])
        #expect(fits.lines == [longest, longest, longest] && fits.code == nil)
        let long = try await lines(of: ["one\n\(longest)x\n", ""])
        #expect(long.lines == ["one"] && long.code == .tooLarge)
        let split = try await lines(of: [longest, longest, "\n", ""])
        #expect(split.lines == [] && split.code == .tooLarge)
    }

    @Test
    func aLineThatNeverEndsIsStopped() async throws {
        let stopped = Event()
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\n\r\n")
            while connection.send([UInt8](repeating: 65, count: 100_000)) {}
            stopped.happen()
        }
        try await ScriptedServer.run(script) { server async throws in
            let code = await codeThrown {
                try await client.lines(.init(url: server.url)) { _ in
                } onLine: { _ in
                }
            }
            #expect(code == .tooLarge)
            await stopped.wait()
        }
    }

    @Test
    func theHeadIsThereBeforeTheFirstLine() async throws {
        let gotHead = Event()
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.waitForEnd()
        }
        try await ScriptedServer.run(script) { server async throws in
            let task = Task {
                await codeThrown {
                    try await client.lines(.init(url: server.url)) { _ in
                        gotHead.happen()
                    } onLine: { _ in
                    }
                }
            }
            await gotHead.wait()
            task.cancel()
            #expect(await task.value == .cancelled)
        }
    }

    @Test
    func aFeedThatFallsSilentIsATimeout() async throws {
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.chunk("one\n")
            connection.waitForEnd()
        }
        try await ScriptedServer.run(script) { server async throws in
            let notes = Notes<String>()
            let clock = ManualClock(), client = HTTPClient(.init(clock: clock))
            let request = HTTPClient.Request(url: server.url, idleTimeout: .milliseconds(200))
            let following = Task {
                await codeThrown {
                    try await client.lines(request) { _ in
                    } onLine: {
                        notes.add($0.text)
                    }
                }
            }
            try await Eventually.holds("the line has come") { notes.all == ["one"] }
            let code = try await clock.running(by: .milliseconds(50)) { await following.value }
            #expect(code == .timeout)
        }
    }

    @Test
    func aStatusCanBeRefusedAtTheHead() async throws {
        struct Gone: Error {}
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.answer("{\"detail\":\"list again\"}\n", status: "410 Gone")
            connection.waitForEnd()
        }
        try await ScriptedServer.run(script) { server async throws in
            let notes = Notes<String>()
            await #expect(throws: Gone.self) {
                try await client.lines(.init(url: server.url)) { head in
                    if head.status == 410 { throw Gone() }
                } onLine: {
                    notes.add($0.text)
                }
            }
            #expect(notes.all.isEmpty)
        }
    }
}

import HTTP
import Platform
import TestSupport
import Testing

@Suite(.patient)
struct ClientSendTests {
    private let client = HTTPClient(.init(idleTimeout: Patience.limit))

    @Test
    func anAnswerArrivesWithStatusFieldsAndBody() async throws {
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.answer("hello", status: "404 Not Found", fields: "X-A: 1\r\nx-a:2\r\nX-Empty:\r\n")
        }
        try await ScriptedServer.run(script) { server async throws in
            let response = try await client.send(.init(url: server.url + "/a"))
            #expect(response.status == 404)
            #expect(response.text == "hello")
            #expect(response.headers.fields.filter { $0.name.lowercased() == "x-a" }.map(\.value) == ["1", "2"])
            #expect(response.headers["x-empty"] == "")
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "PATCH"])
    func aRequestCarriesItsMethodFieldsAndBodyAndNothingMore(method: String) async throws {
        let script: ScriptedServer.Script = { connection in connection.answer(connection.request() ?? "") }
        try await ScriptedServer.run(script) { server async throws in
            let request = HTTPClient.Request(
                method: method, url: server.url + "/a%20b?c=d", headers: ["X-Name": "value", "X-Empty": ""],
                body: SharedBytes("content"))
            let seen = try await client.send(request).text
            #expect(seen.hasPrefix("\(method) /a%20b?c=d HTTP/1.1\r\n"))
            #expect(seen.hasSuffix("\r\n\r\ncontent"))
            #expect(seen.contains("\r\nX-Name: value\r\n"))
            #expect(seen.contains("\r\nX-Empty:\r\n"))
            #expect(seen.contains("\r\nUser-Agent: bpubsub/"))
            for name in ["Expect", "Content-Type", "Accept-Encoding"] { #expect(!seen.contains("\r\n\(name):")) }
        }
    }

    @Test
    func aPostWithoutBodyIsSentWithLengthZero() async throws {
        let script: ScriptedServer.Script = { connection in connection.answer(connection.request() ?? "") }
        try await ScriptedServer.run(script) { server async throws in
            let seen = try await client.send(.init(method: "POST", url: server.url)).text
            #expect(seen.contains("\r\nContent-Length: 0\r\n"))
        }
    }

    @Test
    func aLargeUploadArrivesWhole() async throws {
        let body = String(repeating: "0123456789", count: 500_000)
        let script: ScriptedServer.Script = { connection in
            connection.answer("\(connection.request()?.utf8.count ?? 0)")
        }
        try await ScriptedServer.run(script) { server async throws in
            let request = HTTPClient.Request(method: "PUT", url: server.url, body: SharedBytes(body))
            let count = Int(try await client.send(request).text) ?? 0
            #expect(count > 5_000_000)
        }
    }

    @Test
    func headHasNoBodyWhateverItsLengthSays() async throws {
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
            connection.waitForEnd()
        }
        try await ScriptedServer.run(script) { server async throws in
            let response = try await client.send(.init(method: "HEAD", url: server.url))
            #expect(response.headers["content-length"] == "99999999999")
            #expect(response.body.isEmpty)
        }
    }

    @Test
    func chunksAreJoinedAndTrailersAreNoFields() async throws {
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.chunk("one ")
            connection.chunk("two")
            connection.send("0\r\nX-Trailer: 1\r\n\r\n")
            connection.waitForEnd()
        }
        try await ScriptedServer.run(script) { server async throws in
            let response = try await client.send(.init(url: server.url))
            #expect(response.text == "one two")
            #expect(response.headers["X-Trailer"] == nil)
        }
    }

    @Test
    func anEndlessBodyIsStoppedAtTheLimit() async throws {
        let stopped = Event()
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\n\r\n")
            while connection.send([UInt8](repeating: 65, count: 100_000)) {}
            stopped.happen()
        }
        try await ScriptedServer.run(script) { server async throws in
            #expect(await codeThrown { try await client.send(.init(url: server.url), limit: 1 << 20) } == .tooLarge)
            await stopped.wait()
        }
    }

    @Test
    func aBodyThatIsAnnouncedTooLongIsNotEvenRead() async throws {
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n")
            connection.waitForEnd()
        }
        try await ScriptedServer.run(script) { server async throws in
            #expect(await codeThrown { try await client.send(.init(url: server.url), limit: 100) } == .tooLarge)
        }
    }

    @Test
    func aBodyAsLongAsTheLimitFits() async throws {
        let script: ScriptedServer.Script = { connection in
            while connection.request() != nil { connection.answer(String(repeating: "x", count: 100)) }
        }
        try await ScriptedServer.run(script) { server async throws in
            #expect(try await client.send(.init(url: server.url), limit: 100).body.count == 100)
        }
    }

    @Test
    func aGzippedAnswerIsUnpackedWhenAskedFor() async throws {
        let script: ScriptedServer.Script = { connection in
            while let request = connection.request() {
                let encoding = request.contains("\r\nAccept-Encoding: gzip\r\n") ? "gzip" : "none"
                connection.send(
                    "HTTP/1.1 200 OK\r\nContent-Encoding: \(encoding)\r\nContent-Length: \(gzipped.count)\r\n\r\n")
                connection.send(gzipped)
            }
        }
        try await ScriptedServer.run(script) { server async throws in
            let unpacked = try await client.send(.init(url: server.url, acceptsCompression: true))
            #expect(unpacked.text == String(repeating: "hello ", count: 1000))
            #expect(unpacked.headers["Content-Encoding"] == nil && unpacked.headers["Content-Length"] == nil)
            #expect(try await client.send(.init(url: server.url)).body == gzipped)
            let limited = await codeThrown {
                try await client.send(.init(url: server.url, acceptsCompression: true), limit: 500)
            }
            #expect(limited == .tooLarge)
        }
    }

    @Test(arguments: [
        "", "nonsense", "localhost:80", "ftp://localhost/", "file:///etc/passwd", "http://", "http://local host/",
        "http://localhost/a b", "http://localhost/\r\nX: y", "http://localhost:99999/", "http://localhost/\0",
    ])
    func aBadAddressIsRefused(url: String) async {
        #expect(await codeThrown { try await client.send(.init(url: url)) } == .badURL)
    }

    @Test
    func whatWouldEndALineEarlyIsRefused() async {
        let requests: [HTTPClient.Request] = [
            .init(method: "GET / HTTP/1.1\r\n", url: "http://localhost"), .init(method: "", url: "http://localhost"),
            .init(url: "http://localhost", headers: ["X": "a\r\nY: b"]),
            .init(url: "http://localhost", headers: ["X: y\r\nZ": "a"]),
            .init(url: "http://localhost", headers: ["": "a"]),
        ]
        for request in requests { #expect(await codeThrown { try await client.send(request) } == .badRequest) }
    }

    @Test
    func errorsNameTheAddressWithoutItsPassword() async throws {
        let port = try await ScriptedServer.run({ _ in }) { $0.port }
        let url = "http://me:secret@127.0.0.1:\(port)/x?y"
        let error = await #expect(throws: HTTPError.self) { try await client.send(.init(url: url)) }
        #expect(error?.code == .cannotConnect)
        #expect(error?.message.hasPrefix("GET http://127.0.0.1:\(port)/x?y: ") == true)
    }
}

/// "hello " a thousand times.
private let gzipped: [UInt8] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 237, 196, 49, 13, 0, 0, 8, 3, 48, 43, 152, 35, 225, 88, 130, 255, 15, 17, 188, 237,
    209, 233, 100, 107, 108, 219, 182, 109, 219, 182, 109, 219, 246, 227, 3, 193, 55, 12, 64, 112, 23, 0, 0,
]

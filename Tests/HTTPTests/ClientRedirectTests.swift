import HTTP
import Platform
import TestSupport
import Testing

@Suite(.patient)
struct ClientRedirectTests {
    private let client = HTTPClient(.init(idleTimeout: Patience.limit))

    @Test
    func onlyTheFinalHeadIsSeen() async throws {
        let script: ScriptedServer.Script = { connection in
            while let request = connection.request() {
                guard request.hasPrefix("GET /end ") else {
                    connection.answer("moved", status: "302 Found", fields: "Location: /end\r\nX-First: 1\r\n")
                    continue
                }
                connection.send("HTTP/1.1 103 Early Hints\r\nX-Hint: 1\r\n\r\n")
                connection.answer("there", fields: "X-Last: 1\r\n")
            }
        }
        try await ScriptedServer.run(script) { server async throws in
            let heads = Notes<HTTPClient.Head>()
            let pieces = Notes<String>()
            _ = try await client.receive(.init(url: server.url + "/begin")) {
                heads.add($0)
            } onBytes: {
                pieces.add($0.text)
            }
            #expect(heads.all.map(\.status) == [200])
            #expect(heads.all.first?.headers.fields.map(\.name) == ["Content-Length", "X-Last"])
            #expect(pieces.all == ["there"])
        }
    }

    @Test
    func aCircleOfRedirectsEnds() async throws {
        let requests = Notes<String>()
        let script: ScriptedServer.Script = { connection in
            while let request = connection.request() {
                requests.add(request)
                connection.answer(status: "307 Temporary Redirect", fields: "Location: /again\r\n")
            }
        }
        try await ScriptedServer.run(script) { server async throws in
            #expect(await codeThrown { try await client.send(.init(url: server.url)) } == .badResponse)
            #expect(requests.all.count == 6)
        }
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "//", "http://a b/"])
    func aRedirectCannotLeaveHTTP(location: String) async throws {
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.answer(status: "302 Found", fields: "Location: \(location)\r\n")
            connection.waitForEnd()
        }
        try await ScriptedServer.run(script) { server async throws in
            #expect(await codeThrown { try await client.send(.init(url: server.url)) } == .redirected)
        }
    }

    /// A publisher behind a server that has moved its paths: nothing of what it says is lost on the way.
    @Test(arguments: ["307 Temporary Redirect", "308 Permanent Redirect"], ["PUT", "POST", "DELETE", "GET"])
    func methodBodyAndQueryAreKept(status: String, method: String) async throws {
        let requests = Notes<String>()
        let script: ScriptedServer.Script = { connection in
            while let request = connection.request() {
                requests.add(request)
                guard request.hasPrefix("\(method) /new/") else {
                    connection.answer("moved", status: status, fields: "Location: /new/api?x=1%202\r\n")
                    continue
                }
                connection.answer("done")
            }
        }
        try await ScriptedServer.run(script) { server async throws in
            let request = HTTPClient.Request(
                method: method, url: server.url + "/api?x=1%202", headers: ["Bpubsub-Lease": "ab"],
                body: method == "PUT" || method == "POST" ? SharedBytes("all of it") : nil)
            let response = try await client.send(request)
            #expect(response.text == "done")
            #expect(requests.all.count == 2)
            let last = try #require(requests.all.last)
            #expect(last.hasPrefix("\(method) /new/api?x=1%202 HTTP/1.1\r\n"))
            #expect(last.contains("Bpubsub-Lease: ab\r\n"))
            if request.body != nil { #expect(last.hasSuffix("\r\n\r\nall of it")) }
        }
    }

    /// Such a redirect asks for a GET of another page, which would look like a success and have changed nothing.
    @Test(arguments: ["301 Moved Permanently", "302 Found", "303 See Other"], ["PUT", "POST", "DELETE"])
    func aChangeDoesNotBecomeAQuestion(status: String, method: String) async throws {
        let requests = Notes<String>()
        let script: ScriptedServer.Script = { connection in
            while let request = connection.request() {
                requests.add(request)
                connection.answer("go there", status: status, fields: "Location: /there\r\n")
            }
        }
        try await ScriptedServer.run(script) { server async throws in
            let error = await errorThrown {
                try await client.send(.init(method: method, url: server.url, body: SharedBytes("x")))
            }
            #expect(error?.code == .redirected)
            #expect(error?.message.contains("\(server.url)/there") == true)
            #expect(requests.all.count == 1)
        }
    }

    /// What a request carries is for the server that it names.
    @Test(arguments: ["GET", "PUT", "POST", "DELETE"])
    func nothingGoesToAnotherServer(method: String) async throws {
        let strangers = Notes<String>()
        let stranger: ScriptedServer.Script = { connection in
            while let request = connection.request() {
                strangers.add(request)
                connection.answer("thank you")
            }
        }
        try await ScriptedServer.run(stranger) { elsewhere async throws in
            let script: ScriptedServer.Script = { connection in
                while connection.request() != nil {
                    connection.answer(
                        status: "307 Temporary Redirect", fields: "Location: \(elsewhere.url)/taken\r\n")
                }
            }
            try await ScriptedServer.run(script) { server async throws in
                let error = await errorThrown {
                    try await client.send(
                        .init(method: method, url: server.url + "/x", headers: ["Bpubsub-Lease": "secret"]))
                }
                #expect(error?.code == .redirected)
                let message = try #require(error?.message)
                // Who reads it knows which address to give.
                #expect(message.contains("\(elsewhere.url)/taken") && message.contains("instead of \(server.url)"))
                #expect(message.contains("\(method) \(server.url)/x"))
            }
        }
        #expect(strangers.all == [])
    }

    @Test
    func aFeedIsNotFollowedElsewhere() async throws {
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.answer(
                status: "301 Moved Permanently", fields: "Location: https://user:word@example.com/api\r\n")
            connection.waitForEnd()
        }
        try await ScriptedServer.run(script) { server async throws in
            let error = await errorThrown {
                try await client.lines(.init(url: server.url), onHead: { _ in }, onLine: { _ in })
            }
            #expect(error?.code == .redirected)
            #expect(error?.message.contains("https://example.com/api") == true)
        }
    }

    @Test
    func aRedirectThatTalksWithoutEndIsCut() async throws {
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 99999999999\r\n\r\n")
            while connection.send(String(repeating: "x", count: 65536)) {}
        }
        try await ScriptedServer.run(script) { server async throws in
            #expect(await codeThrown { try await client.send(.init(url: server.url)) } == .badResponse)
        }
    }
}

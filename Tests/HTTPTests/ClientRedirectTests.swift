import HTTP
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ClientRedirectTests {
    private let client = HTTPClient()

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

    @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/"])
    func aRedirectCannotLeaveHTTP(location: String) async throws {
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.answer(status: "302 Found", fields: "Location: \(location)\r\n")
            connection.waitForEnd()
        }
        try await ScriptedServer.run(script) { server async throws in
            #expect(await codeThrown { try await client.send(.init(url: server.url)) } == .badResponse)
        }
    }

    @Test
    func aRedirectOfAnUploadIsTheAnswer() async throws {
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.answer("go there", status: "303 See Other", fields: "Location: /there\r\n")
            connection.waitForEnd()
        }
        try await ScriptedServer.run(script) { server async throws in
            let response = try await client.send(.init(method: "PUT", url: server.url))
            #expect(response.status == 303)
            #expect(response.headers["Location"] == "/there")
            #expect(response.text == "go there")
        }
    }
}

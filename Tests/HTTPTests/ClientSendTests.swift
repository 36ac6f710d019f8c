import HTTP
import Platform
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ClientSendTests {
    private let client = HTTPClient()

    @Test
    func anAnswerArrivesWithStatusFieldsAndBody() async throws {
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.answer("hello", status: "404 Not Found", fields: "X-A: 1\r\nx-a:2\r\nX-Empty:\r\n")
        }
        try await ScriptedServer.run(script) { server in
            let response = try await client.send(.init(url: server.url + "/a"))
            #expect(response.status == 404)
            #expect(response.text == "hello")
            #expect(response.headers.fields.filter { $0.name.lowercased() == "x-a" }.map(\.value) == ["1", "2"])
            #expect(response.headers["x-empty"] == "")
        }
    }
}

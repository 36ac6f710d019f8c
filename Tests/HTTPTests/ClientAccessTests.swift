import HTTP
import Platform
import TestSupport
import Testing

/// Servers before ours that want to know who asks, and proxies.
@Suite(.patient)
struct ClientAccessTests {
    /// `Basic` and `name:p@ss`, as a proxy before a subscriber asks for it.
    private static let expected = "Authorization: Basic bmFtZTpwQHNz\r\n"

    private static func guardedServer(_ requests: Notes<String>) -> ScriptedServer.Script {
        { connection in
            while let request = connection.request() {
                requests.add(request)
                if request.contains(expected) {
                    connection.answer("come in")
                } else {
                    connection.answer("who?", status: "401 Unauthorized", fields: "WWW-Authenticate: Basic realm=x\r\n")
                }
            }
        }
    }

    @Test
    func aNameAndAPasswordInTheAddressAreSentAndNotShown() async throws {
        let requests = Notes<String>()
        try await ScriptedServer.run(Self.guardedServer(requests)) { server async throws in
            let address = server.url.replacing("http://", with: "http://name:p%40ss@")
            let (url, configuration) = HTTPClient.Configuration.talking(to: address)
            #expect(url == server.url)
            let response = try await HTTPClient(configuration).send(.init(url: url + "/api"))
            #expect(response.text == "come in")
            #expect("\(configuration.login as Any)".contains("p@ss") == false)
        }
    }

    @Test
    func aMissingPasswordIsAskedFor() async throws {
        try await ScriptedServer.run(Self.guardedServer(Notes())) { server async throws in
            let error = await errorThrown {
                try await HTTPClient(.init(idleTimeout: Patience.limit)).send(.init(url: server.url))
            }
            #expect(error?.code == .accessDenied)
            #expect(error?.message.contains("http://NAME:PASSWORD@") == true)
        }
    }

    @Test
    func aWrongPasswordIsSaidAndNotShown() async throws {
        try await ScriptedServer.run(Self.guardedServer(Notes())) { server async throws in
            let address = server.url.replacing("http://", with: "http://name:wrong@")
            let (url, configuration) = HTTPClient.Configuration.talking(to: address)
            let error = await errorThrown { try await HTTPClient(configuration).send(.init(url: url)) }
            #expect(error?.code == .accessDenied)
            #expect(error?.message.contains("not accepted") == true)
            #expect(error?.message.contains("wrong") == false)
        }
    }

    @Test
    func aPasswordGoesToNoOtherServer() async throws {
        let requests = Notes<String>()
        try await ScriptedServer.run(Self.guardedServer(requests)) { server async throws in
            let (_, configuration) = HTTPClient.Configuration.talking(to: "http://name:p%40ss@localhost:1")
            let client = HTTPClient(configuration)
            #expect(await codeThrown { try await client.send(.init(url: server.url)) } == .accessDenied)
            #expect(!requests.all.joined().contains("Authorization"))
        }
    }

    @Test
    func twoLengthsAreNoAnswer() async throws {
        let script: ScriptedServer.Script = { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 2\r\n\r\nabcd")
            connection.waitForEnd()
        }
        try await ScriptedServer.run(script) { server async throws in
            #expect(
                await codeThrown {
                    try await HTTPClient(.init(idleTimeout: Patience.limit)).send(.init(url: server.url))
                } == .badResponse)
        }
    }
}

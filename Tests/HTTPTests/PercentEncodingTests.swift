import HTTP
import TestSupport
import Testing

@Suite
struct PercentEncodingTests {
    @Test(arguments: [
        ("foo/dir/precip.b2nd", "foo/dir/precip.b2nd"), ("a b#c?d%e", "a%20b%23c%3Fd%25e"),
        ("é/🌧", "%C3%A9/%F0%9F%8C%A7"),
        ("a+b&c;d", "a%2Bb%26c%3Bd"), ("\"<>\\^`{|}[]", "%22%3C%3E%5C%5E%60%7B%7C%7D%5B%5D"), ("\n\0", "%0A%00"),
        ("", ""),
    ])
    func aPathKeepsItsSlashes(plain: String, encoded: String) { #expect(PercentEncoding.path(plain) == encoded) }

    @Test
    func aQueryKeepsNothingThatHasAMeaning() {
        #expect(PercentEncoding.query("a/b=c&d:e@f~g") == "a%2Fb%3Dc%26d%3Ae%40f~g")
    }

    @Test
    func anyNameArrivesAsItWas() async throws {
        let script: ScriptedServer.Script = { connection in
            while let request = connection.request() { connection.answer(String(request.prefix { $0 != "\r\n" })) }
        }
        try await ScriptedServer.run(script) { server async throws in
            let client = HTTPClient(.init(idleTimeout: Patience.limit))
            for name in ["é 🌧#?%.b2nd", "a/../b/./c", "x//y"] {
                let path = PercentEncoding.path(name)
                #expect(try await client.send(.init(url: "\(server.url)/\(path)")).text == "GET /\(path) HTTP/1.1")
            }
        }
    }
}

import Catalogue
import HTTP
import Platform
import TestSupport
import Testing
import Wire

@testable import SubscriberService

/// The web page as a browser gets it; what it does there is tested in a browser.
@Suite(.patient) struct PageTests {
    @Test(arguments: ["/", "/browse/foo/dir", "/datasets/foo/a%20b.b2nd", "/status"])
    func everyViewHasAnAddressThatCanBeShared(_ path: String) async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            let answer = try await subscriber.ask(path)
            #expect(answer.status == 200 && answer.headers["Content-Type"] == "text/html; charset=utf-8")
            let policy = try #require(answer.headers["Content-Security-Policy"])
            #expect(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"))
            #expect(!policy.contains("unsafe") && !policy.contains("http"))
            let tag = try #require(answer.headers["ETag"])
            let again = try await subscriber.ask(path, headers: ["If-None-Match": tag])
            #expect(again.status == 304 && again.body.isEmpty)
        }
    }

    @Test func whatTheDocumentNamesIsKeptUntilThereIsAnotherProgram() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            let document = try await subscriber.ask("/")
            #expect(document.headers["Cache-Control"] == "no-cache")
            let named = document.text.matches(of: /"\.(\/page\/([0-9a-f]{32})\/[^"]+)"/)
            #expect(named.count > 20 && Set(named.map(\.output.2)).count == 1)
            for file in named {
                let answer = try await subscriber.ask(String(file.output.1))
                #expect(answer.status == 200, "\(file.output.1)")
                #expect(answer.headers["Cache-Control"] == "public, max-age=31536000, immutable")
            }
            // What a page asks for that is open since there was another program is not kept under that one's name.
            let path = "/page/\(String(repeating: "0", count: 32))/main.js"
            let older = try await subscriber.ask(path)
            #expect(older.status == 200 && older.headers["Cache-Control"] == "no-cache")
        }
    }

    // A proxy may have it below a path that it does not tell; the browser takes an escaped slash for a part of a name.
    @Test(arguments: [
        ("/", "./"), ("/status", "./"), ("/browse/foo", "../"), ("/datasets/foo/a.b2nd", "../../"),
        ("/datasets/foo%2fa.b2nd", "../"), ("/none/of//these?a=/b/c", "../../../"),
    ])
    func theDocumentNamesAllFromWhereItIs(_ path: String, root: String) async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            // As it stands: what is escaped matters.
            let request = HTTPClient.Request(url: subscriber.url + path, headers: ["Accept": "text/html"])
            let text = try await subscriber.client.send(request, limit: 1 << 20).text
            let named = text.matches(of: /(?:href|src)="([^"#]*)"/).map { String($0.output.1) }
            let others = named.filter { $0 != "data:," }
            #expect(others.count > 20 && others.contains("\(root)status"))
            for name in others {
                #expect(name.hasPrefix(root) && !name.dropFirst(root.count).hasPrefix("."), "\(name)")
            }
        }
    }

    @Test(arguments: ["/api/follow", "/api/unfollow", "/api/download"])
    func pagesOfOtherSitesChangeNothing(_ path: String) async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            try await network.publish("a.txt", [1, 2, 3])
            try await subscriber.waitForList(["a.txt"])
            let own = subscriber.url
            _ = try await subscriber.post("/api/follow", ["foo/a.txt"])
            for (origin, status) in [("http://elsewhere.example", 403), ("null", 403), (own, 200)] {
                let answer = try await subscriber.ask(
                    path, method: "POST", headers: ["Origin": origin], body: #"["foo/a.txt"]"#)
                #expect(answer.status == status, "\(origin): \(answer.text)")
            }
        }
    }

    // "rebinding": evil.example points to this machine while somebody looks at its page.
    @Test func aNameThatIsMadeToPointHereChangesNothing() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber { $0.allowedHosts = ["Data.example"] }
            try await network.publish("a.txt", [1, 2, 3])
            try await subscriber.waitForList(["a.txt"])
            @Sendable func follow(_ origin: String?, host: String) async throws -> HTTPClient.Response {
                var headers: HTTPHeaders = ["Host": host]
                if let origin { headers["Origin"] = origin }
                return try await subscriber.ask(
                    "/api/follow", method: "POST", headers: headers, body: #"["foo/a.txt"]"#)
            }
            let refused = try await follow("http://evil.example:8002", host: "evil.example:8002")
            #expect(refused.status == 403 && refused.text.contains("--allowed-host evil.example"), "\(refused.text)")
            // By addresses, names of this machine, and through a proxy that has a name of its own.
            let own = ["127.0.0.1:8002", "[::1]:8002", "localhost:8002", "LocalHost", "\(FileSystem.hostName):8002"]
            for host in own { #expect(try await follow("http://\(host)", host: host).status == 200, "\(host)") }
            #expect(try await follow("https://data.example", host: "127.0.0.1:8002").status == 200)
            #expect(try await follow("https://data.example.evil.example", host: "127.0.0.1:8002").status == 403)
            // Programs, whatever name they were given.
            #expect(try await follow(nil, host: "any.name.example").status == 200)
        }
    }

    @Test func whatADatasetContainsIsNothingThatABrowserRuns() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            let content = Array("alert(1)".utf8), version = try network.publisher.add(content)
            let dataset = Dataset(
                path: try DatasetPath("foo/a.js"), version: version, size: Int64(content.count), modified: 1,
                mediaType: "text/javascript")
            try await network.announce(.put(dataset))
            try await subscriber.waitForList(["a.js"])
            let answer = try await subscriber.ask("/api/download/foo/a.js")
            #expect(answer.status == 200 && answer.body == content)
            #expect(answer.headers["Content-Type"] == "text/plain")
            #expect(answer.headers["X-Content-Type-Options"] == "nosniff")
            #expect(answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'")
        }
    }

    @Test func whatThePageDoesNotHaveIsNotFound() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            let paths = [
                "/page/", "/page/none.js", "/page/../main.js", "/page/..%2fmain.js", "/browser", "/index.html",
            ]
            for path in paths { #expect(try await subscriber.ask(path).status == 404, "\(path)") }
        }
    }

    @Test func whoComesToNoPageWithABrowserGetsOneThatSaysSo() async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            for path in ["/nonsense", "/browse", "/browse/", "/datasets/", "/api/nonsense"] {
                let answer = try await subscriber.ask(path, headers: ["Accept": "text/html,*/*;q=0.8"])
                let isPage = answer.headers["Content-Type"] == "text/html; charset=utf-8"
                #expect(answer.status == 404 && isPage == !path.hasPrefix("/api/"), "\(path): \(answer.text)")
                #expect(try await subscriber.ask(path).text.contains("there is nothing at"), "\(path)")
            }
        }
    }
}

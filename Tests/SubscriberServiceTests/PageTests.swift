import Catalogue
import HTTP
import Testing

@testable import SubscriberService

/// The web page as a browser gets it; what it does there is tested in a browser.
@Suite(.timeLimit(.minutes(1))) struct PageTests {
    @Test(arguments: ["/", "/browse", "/browse/foo/dir", "/datasets/foo/a%20b.b2nd", "/status"])
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
}

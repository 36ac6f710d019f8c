import Catalogue
import HTTP
import Platform
import Testing
import Wire

/// One way for all services to find who answers.
@Suite struct RoutesTests {
    private static func routes(
        pages: OriginRule = .nobody,
        otherwise: @escaping @Sendable (HTTPRequest) -> Result<HTTPResponse, Refusal>? = { _ in nil }
    ) -> Routes {
        Routes(
            of: "a test",
            [
                Route(.datasets, .get { _, name in .json("all\(name)") }),
                Route(.dataset, .get { _, name in .json(try DatasetPath(name).text) }),
                Route(
                    .publisher, .get { _, name in .json("of \(name)") }, .put { _, _ in .json("put") },
                    .delete { _, _ in throw Refusal(403, "not yours") }),
                Route(.fetch, .get { _, _ in .json("read") }, .question { _, _ in .json("asked") }),
                Route(.changes, .feed, hint: "nobody announces here"),
                Route(.health, .get { _, _ in throw CancellationError() }),
                Route(.ready, .get { _, _ in throw HTTPError(.busy, "too many") }),
                Route(.metrics, .get { _, _ in throw Unknown() }),
                Route(.list, .get { _, _ in throw SystemError("open", code: 24) }),
            ], pages: pages, log: Logger("test", level: .error), otherwise: otherwise)
    }

    private struct Unknown: Error {}
    private struct Known: Error {}

    private static func ask(
        _ method: String, _ path: String, _ headers: HTTPHeaders = [:], _ routes: Routes = routes()
    ) async -> HTTPResponse {
        await routes.answer(HTTPRequest(method: method, path: path, headers: headers))
    }

    private static func text(_ response: HTTPResponse) -> String {
        guard case .bytes(let bytes) = response.body else { return "" }
        return String(decoding: bytes.array, as: UTF8.self)
    }

    @Test(arguments: [
        ("/api/datasets", 200, "all"), ("/api/datasets/foo/a", 200, "foo/a"), ("/api/datasets/", 400, "detail"),
        ("/api/datasets/foo/../a", 400, "climb"), ("/api/publishers/foo", 200, "of foo"),
        // The name is what comes behind the slash, whatever it begins with.
        ("/api/publishers/\u{301}", 200, "of \u{301}"), ("/api/publishers", 404, "there is nothing at"),
        ("/api/datasetsx", 404, "a test has /api/datasets, /api/datasets/PATH"), ("/", 404, "and /api/list"),
        ("", 404, "there is nothing"),
    ])
    func whoAnswersFollowsFromThePath(_ path: String, _ status: Int, _ words: String) async {
        let response = await Self.ask("GET", path)
        #expect(response.status == status)
        #expect(Self.text(response).contains(words), "\(Self.text(response))")
    }

    @Test(arguments: [
        ("POST", "/api/datasets", "GET, HEAD"), ("PATCH", "/api/publishers/foo", "GET, HEAD, PUT, DELETE"),
        ("PUT", "/api/fetch/foo/a", "GET, HEAD, POST"), ("POST", "/api/changes", "GET, HEAD"),
        ("get", "/health", "GET, HEAD"),
    ])
    func anotherMethodIsToldWhichThereAre(_ method: String, _ path: String, _ allowed: String) async {
        let response = await Self.ask(method, path)
        #expect(response.status == 405)
        #expect(response.headers["Allow"] == allowed)
        #expect(Self.text(response).contains("not \(method)"))
        #expect(Self.text(response).contains("nobody announces") == (path == "/api/changes"))
    }

    @Test(arguments: [
        ("/health", 503, "a test is stopping"), ("/ready", 503, "too many"), ("/metrics", 500, "its log says why"),
        ("/api/list", 503, "too many files"), ("/api/changes", 503, "the feed is not there"),
    ])
    func everyFailureIsAnAnswer(_ path: String, _ status: Int, _ words: String) async {
        let response = await Self.ask("GET", path)
        #expect(response.status == status)
        #expect(Self.text(response).contains(words), "\(Self.text(response))")
        #expect(response.headers["Retry-After"] == (status == 503 ? "1" : nil))
    }

    @Test func whatOnlyTheServiceKnowsItExplains() async {
        let routes = Routes(
            of: "a test", [Route(.health, .get { _, _ in throw Known() })], log: Logger("test", level: .error),
            explain: { $0 is Known ? Refusal(502, "known here", headers: ["Bpubsub-Test": "1"]) : nil })
        let response = await Self.ask("GET", "/health", [:], routes)
        #expect(response.status == 502)
        #expect(response.headers["Bpubsub-Test"] == "1")
    }

    @Test func whatThereIsNotMayBeAnsweredOtherwise() async {
        let routes = Self.routes { request in
            switch request.path {
            case "/page": .success(.json("the page"))
            case "/api/datasets" where request.method == "POST": .failure(Refusal(501, "not offered"))
            default: nil
            }
        }
        #expect(await Self.ask("GET", "/page", [:], routes).status == 200)
        #expect(await Self.ask("POST", "/api/datasets", [:], routes).status == 501)
        #expect(await Self.ask("PUT", "/api/datasets", [:], routes).status == 405)
        #expect(await Self.ask("GET", "/other", [:], routes).status == 404)
    }

    /// Any page may read; none may change anything where the service has no pages.
    @Test(arguments: [
        ("GET", "/api/publishers/foo", 200), ("PUT", "/api/publishers/foo", 403),
        ("DELETE", "/api/publishers/foo", 403),
        ("POST", "/api/fetch/foo/a", 403), ("PATCH", "/api/publishers/foo", 405), ("PUT", "/nothing", 404),
    ])
    func pagesOfOthersChangeNothing(_ method: String, _ path: String, _ status: Int) async {
        let origin: HTTPHeaders = ["Origin": "http://localhost:8000", "Host": "localhost:8000"]
        #expect(await Self.ask(method, path, origin).status == status)
    }

    @Test(arguments: [
        ("http://localhost:8000", "localhost:8000", 200), ("http://127.0.0.1:1", "127.0.0.1:1", 200),
        ("http://[::1]:1", "[::1]:1", 200), ("http://data.example", "10.0.0.1:8002", 200),
        ("http://other.example", "other.example", 403), ("http://localhost:8000", "localhost:8001", 403),
        ("null", "localhost:8000", 403), ("file://", "localhost:8000", 403),
    ])
    func ownPagesChangeWhatTheyLike(_ origin: String, _ host: String, _ status: Int) async {
        let routes = Self.routes(pages: OriginRule(ownPagesAt: ["data.example"], machine: "here"))
        let headers: HTTPHeaders = ["Origin": origin, "Host": host]
        #expect(await Self.ask("PUT", "/api/publishers/foo", headers, routes).status == status)
    }
}

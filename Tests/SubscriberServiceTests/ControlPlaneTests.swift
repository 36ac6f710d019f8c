import Catalogue
import HTTP
import Platform
import Synchronization
import TestSupport
import Testing
import Wire

@testable import SubscriberService

/// What a broker and a subscriber both say of the catalogue, they say alike.
@Suite(.patient) struct ControlPlaneTests {
    enum Server: CaseIterable, Sendable { case broker, subscriber }

    /// One of the two, when it knows all that was announced.
    struct Stage: Sendable {
        let url: String
        let network: Network
        let epoch: Epoch
        let revision: Revision

        func ask(
            _ target: String, _ headers: HTTPHeaders = [:], method: String = "GET"
        ) async throws -> HTTPClient.Response {
            try await network.client.send(
                .init(method: method, url: url + target, headers: headers, idleTimeout: Patience.limit), limit: 1 << 30)
        }

        /// The lines of a feed up to one that says that all up to a revision has come, or to its end.
        func lines(_ target: String, through revision: Revision) async throws -> [FeedLine] {
            struct Enough: Error {}
            let lines = Locked<[FeedLine]>([])
            do {
                try await network.client.lines(.init(url: url + target, idleTimeout: Patience.limit)) { head in
                    guard head.status == 200 else { throw TestFailure("\(head)") }
                } onLine: { bytes in
                    let line = try FeedLine(line: [UInt8](copying: bytes))
                    lines.withLock { $0.append(line) }
                    if case .bookmark(revision, _, _, _) = line { throw Enough() }
                }
            } catch is Enough {}
            return lines.withLock { $0 }
        }
    }

    /// A dataset that has been withdrawn, one that was announced twice, and names that have to be escaped.
    private static func with(
        _ server: Server, _ body: @escaping @Sendable (Stage) async throws -> Void
    ) async throws {
        try await Network.with { network in
            for name in ["a", "gone", "dir/é ü+&%", "b"] { try await network.publish(name, Array(name.utf8)) }
            try await network.announce(.delete(try DatasetPath("foo/gone")))
            try await network.publish("a", [2])
            let answer = try await network.client.send(.init(url: network.brokerURL + RoutePath.datasets.fixed))
            let epoch = try #require(answer.headers[ProtocolHeader.epoch].flatMap { Epoch($0) })
            let revision = try #require(answer.headers[ProtocolHeader.revision].flatMap { Revision($0) })
            var url = network.brokerURL
            if server == .subscriber {
                let subscriber = try await network.subscriber()
                try await subscriber.wait("all is known") { subscriber.parts.copy.position?.revision == revision }
                url = subscriber.url
            }
            try await body(Stage(url: url, network: network, epoch: epoch, revision: revision))
        }
    }

    @Test(arguments: Server.allCases) func groupsAndDatasetsAreRead(_ server: Server) async throws {
        try await Self.with(server) { stage in
            let groups = try WireJSON.decode([Group].self, from: try await stage.ask("/api/publishers").body)
            #expect(groups.map(\.name) == ["foo"])
            let group = try WireJSON.decode(Group.self, from: try await stage.ask(RoutePath.publisher.of("foo")).body)
            #expect(group == groups[0])
            let name = "foo/dir/é ü+&%"
            let answer = try await stage.ask(RoutePath.dataset.of(name))
            #expect(try WireJSON.decode(Dataset.self, from: answer.body).path.text.hasBytes(of: name))
            #expect(answer.headers[ProtocolHeader.epoch] == stage.epoch.text)
            #expect(answer.headers["Cache-Control"] == CacheControl.ask)
            for (target, status) in [
                ("/api/publishers/bar", 404), ("/api/publishers/", 400), ("/api/publishers/.x", 400),
                ("/api/publishers/a%2Fb", 400), ("/api/datasets/foo/gone", 404), ("/api/datasets/foo", 400),
                ("/api/datasets/foo/../a", 400), ("/api/datasets/", 400), ("/api/nothing", 404),
            ] {
                let refused = try await stage.ask(target)
                #expect(refused.status == status, "\(target): \(refused.status)")
                #expect(Refusal(status: status, body: refused.body) != nil, "\(target): \(refused.text)")
                #expect(refused.headers[ProtocolHeader.protocol] == "1")
            }
            for target in ["/api/publishers", "/api/publishers/foo", "/api/datasets", RoutePath.dataset.of("foo/a")] {
                let whole = try await stage.ask(target), head = try await stage.ask(target, method: "HEAD")
                #expect(head.status == 200 && head.body.isEmpty)
                #expect(head.headers["Content-Length"] == "\(whole.body.count)", "\(target)")
            }
        }
    }

    /// The same bytes from both: what a line is does not depend on who passes it on.
    @Test(arguments: Server.allCases) func aListingIsTheBrokers(_ server: Server) async throws {
        try await Self.with(server) { stage in
            let all = ["foo", "foo/dir/é ü+&%", "foo/b", "foo/a"]
            for (question, wanted) in [
                (ListingQuestion(CataloguePart()), all),
                (ListingQuestion(CataloguePart(prefixes: ["foo/dir/"])), Array(all[..<2])),
                (ListingQuestion(CataloguePart(prefixes: ["bar/"])), []),
                (ListingQuestion(CataloguePart(), isLines: false), all),
            ] {
                let answer = try await stage.ask(question.target, question.headers)
                #expect(answer.status == 200)
                #expect(answer.headers["Content-Type"] == question.mediaType)
                #expect(answer.headers[ProtocolHeader.epoch] == stage.epoch.text)
                #expect(answer.headers[ProtocolHeader.revision] == "\(stage.revision)")
                #expect(answer.headers.list("Vary")?.contains("Accept, Accept-Encoding") == true)
                #expect(answer.headers["Cache-Control"] == CacheControl.ask)
                let fromBroker = try await stage.network.client.send(
                    .init(url: stage.network.brokerURL + question.target, headers: question.headers))
                guard question.isLines else {
                    #expect(answer.text == fromBroker.text)
                    continue
                }
                // A bookmark may have digests of groups that were not asked for.
                let lines = answer.body.split(separator: 10), others = fromBroker.body.split(separator: 10)
                #expect(lines.dropLast().elementsEqual(others.dropLast()))
                let keys = try lines.dropLast().map { line in
                    guard case .change(_, let change) = try FeedLine(line: Array(line)) else { return "" }
                    return change.key
                }
                #expect(keys == wanted)
                let packed = try await stage.network.client.send(
                    .init(url: stage.url + question.target, headers: question.headers, acceptsCompression: true))
                #expect(packed.body == answer.body)
            }
        }
    }

    @Test(arguments: Server.allCases) func aFeedGoesOnFromARevision(_ server: Server) async throws {
        try await Self.with(server) { stage in
            // A subscriber knows what has happened since it listed.
            let begin = server == .broker ? 0 : stage.revision
            for (start, wanted) in [(begin, nil), (stage.revision, [])] as [(Revision, [String]?)] {
                let question = ChangesQuestion(
                    CataloguePart(), since: CataloguePosition(epoch: stage.epoch, revision: start))
                let lines = try await stage.lines(question.target, through: stage.revision)
                guard case .bookmark(stage.revision, stage.epoch, let digests, nil)? = lines.last else {
                    Issue.record("\(lines)")
                    continue
                }
                #expect(digests.keys.sorted() == ["foo"])
                if let wanted { #expect(lines.count == wanted.count + 1) }
            }
            // What happens from now on comes in order, and the last of several changes counts.
            let names = (0..<20).map { "n\($0)" }
            for name in names { try await stage.network.publish(name, [1]) }
            let last = stage.revision + 20
            if stage.url != stage.network.brokerURL {
                try await Eventually.holds("the subscriber has them") {
                    try await stage.ask("/api/datasets").headers[ProtocolHeader.revision] == "\(last)"
                }
            }
            for (prefix, wanted) in [("foo/", names), ("foo/n1", names.filter { $0.hasPrefix("n1") }), ("bar/", [])] {
                let question = ChangesQuestion(
                    CataloguePart(prefixes: [prefix]),
                    since: CataloguePosition(epoch: stage.epoch, revision: stage.revision))
                let lines = try await stage.lines(question.target, through: last)
                let keys = lines.compactMap { if case .change(_, let change) = $0 { change.key } else { nil } }
                #expect(keys == wanted.map { "foo/" + $0 }, "\(prefix)")
            }
        }
    }

    @Test(arguments: Server.allCases) func badQuestionsAreRefused(_ server: Server) async throws {
        try await Self.with(server) { stage in
            let epoch = stage.epoch, many = (0...RequestLimits.prefixes).map { "prefix=\($0)" }.joined(separator: "&")
            let long = "prefix=" + String(repeating: "x", count: RequestLimits.prefixLength + 1)
            for (target, status) in [
                ("/api/datasets?\(many)", 400), ("/api/datasets?\(long)", 400), ("/api/changes?\(many)", 400),
                ("/api/changes?\(long)", 400), ("/api/changes?epoch=\(epoch)", 400), ("/api/changes?after=0", 400),
                ("/api/changes?epoch=\(epoch)&after=-1", 400), ("/api/changes?epoch=\(epoch)&after=x", 400),
                ("/api/changes?epoch=\(Epoch.random())&after=0", 410), ("/api/changes?epoch=x&after=0", 410),
                ("/api/changes?epoch=\(epoch)&after=\(stage.revision + 1)", 410),
            ] {
                let answer = try await stage.ask(target)
                #expect(answer.status == status, "\(target.prefix(60)): \(answer.status)")
                #expect(Refusal(status: status, body: answer.body) != nil, "\(answer.text)")
                #expect(answer.headers[ProtocolHeader.protocol] == "1")
                // As HEAD it is the same without a body.
                let head = try await stage.ask(target, method: "HEAD")
                #expect(head.status == status && head.body.isEmpty)
            }
        }
    }

    @Test(arguments: Server.allCases) func pagesMayReadAndChangeNothing(_ server: Server) async throws {
        try await Self.with(server) { stage in
            let origin: HTTPHeaders = ["Origin": "http://elsewhere.example"]
            for target in ["/api/publishers", "/api/publishers/foo", "/api/datasets", "/api/datasets/foo/a"] {
                let read = try await stage.ask(target, origin)
                #expect(read.status == 200 && read.headers["Access-Control-Allow-Origin"] == "*")
                let answer = try await stage.ask(target, origin, method: "PATCH")
                #expect(answer.status == 405)
                #expect(answer.headers["Allow"]?.hasPrefix("GET, HEAD") == true)
            }
            for (method, target) in [("PUT", "/api/publishers/foo"), ("POST", "/api/changes")] {
                let answer = try await stage.ask(target, origin, method: method)
                #expect(answer.status == (server == .broker ? 403 : 405), "\(answer.text)")
                #expect(answer.text.contains(server == .broker ? "change nothing" : "takes no announcements"))
            }
            for target in ["/api/datasets", "/api/changes"] {
                let preflight = try await stage.ask(
                    target,
                    [
                        "Origin": "http://elsewhere.example", "Access-Control-Request-Method": "GET",
                        "Access-Control-Request-Private-Network": "true",
                    ], method: "OPTIONS")
                #expect(preflight.status == 200)
                #expect(preflight.headers["Access-Control-Allow-Origin"] == "*")
                #expect(preflight.headers["Access-Control-Allow-Private-Network"] == "true")
            }
        }
    }
}

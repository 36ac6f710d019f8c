import Catalogue
import Testing
import Versions
import Wire

@testable import HTTP

/// What a caller asks is what the server reads.
@Suite struct QuestionTests {
    /// The request that a server sees when a caller asks for this.
    private static func received(
        _ target: String, _ headers: HTTPHeaders = [:], method: String = "GET"
    ) throws -> HTTPRequest {
        let parsed = try RequestTarget(target.utf8)
        return HTTPRequest(method: method, path: parsed.path, query: parsed.query, headers: headers)
    }

    private static func feed(_ target: String) throws -> FeedRequest {
        let parsed = try RequestTarget(target.utf8)
        return FeedRequest(path: parsed.path, query: parsed.query, headers: [:])
    }

    private static let names = ["foo/", "é/ü+&=%/", "e\u{301}/", "a b/c?d#e"]

    @Test(arguments: [(true, true), (true, false), (false, true)])
    func aListing(_ isLines: Bool, _ withKept: Bool) throws {
        for prefixes in [[], Self.names] {
            let asked = ListingQuestion(CataloguePart(prefixes: prefixes), isLines: isLines, withKept: withKept)
            let read = try ListingQuestion(try Self.received(asked.target, asked.headers))
            #expect(read.isLines == isLines && read.withKept == withKept)
            let wanted = Set(prefixes.map { ExactText($0) })
            #expect(read.part.prefixes.count == prefixes.count)
            #expect(read.part.prefixes.allSatisfy { wanted.contains(ExactText($0)) })
        }
        #expect(ListingQuestion(CataloguePart()).target == "/api/datasets")
        #expect(
            ListingQuestion(CataloguePart(prefixes: ["foo/"]), withKept: true).target
                == "/api/datasets?prefix=foo%2F&kept=true")
    }

    @Test func aFeed() throws {
        let epoch = Epoch.random()
        let asked = ChangesQuestion(CataloguePart(prefixes: ["foo/"]), since: .init(epoch: epoch, revision: 7))
        #expect(asked.target == "/api/changes?epoch=\(epoch)&after=7&prefix=foo%2F")
        #expect(try ChangesQuestion(Self.feed(asked.target)) == asked)
        #expect(try ChangesQuestion(Self.feed("/api/changes")).since == nil)
    }

    @Test(arguments: [
        "?epoch=x", "?after=1", "?epoch=x&after=", "?epoch=x&after=-1", "?epoch=x&after=18446744073709551616",
    ])
    func halfAPlaceInAFeedIsRefused(_ query: String) throws {
        let refusal = #expect(throws: Refusal.self) { try ChangesQuestion(Self.feed("/api/changes" + query)) }
        #expect(refusal?.status == 400)
    }

    @Test func prefixesAreBounded() throws {
        let many = (0...RequestLimits.prefixes).map { "prefix=\($0)" }.joined(separator: "&")
        let long = "prefix=" + String(repeating: "x", count: RequestLimits.prefixLength + 1)
        for query in [many, long] {
            #expect(throws: Refusal.self) { try ListingQuestion(try Self.received("/api/datasets?" + query)) }
            #expect(throws: Refusal.self) { try ChangesQuestion(Self.feed("/api/changes?" + query)) }
        }
        // An empty one is everything.
        let all = try ListingQuestion(try Self.received("/api/datasets?prefix=foo&prefix="))
        #expect(all.part.prefixes.isEmpty && all.part.filter == nil)
        let some = try #require(try ListingQuestion(try Self.received("/api/datasets?prefix=foo/a")).part.filter)
        #expect(some("foo/ab") && some("foo") && !some("foo/b") && !some("fo"))
    }

    private static let version = Version(String(repeating: "0f", count: 32))!

    @Test(
        arguments: [
            .manifest(since: nil), .manifest(since: version), .data,
            .blocks(BlockRequest([.init(chunk: 3, blocks: [0, 5, 6, 7]), .init(chunk: 9)])),
            .blocks(BlockRequest([.init(chunk: 1)], array: [.init(chunk: 2, blocks: [1])], frame: true)),
        ] as [VersionQuestion.Part])
    func aVersion(_ part: VersionQuestion.Part) throws {
        let asked = VersionQuestion(Self.version, part)
        let request = try Self.received(asked.target)
        let name = try #require(RoutePath.version.name(in: request.path))
        #expect(try VersionQuestion(request, name) == asked)
    }

    @Test(arguments: [
        ("xyz/data", 400), ("xyz", 404), ("", 404), ("\(version)/nothing", 404), ("\(version)/data/", 404),
        ("\(version)/manifest?since=x", 400), ("\(version)/manifest?since=", 400), ("\(version)/blocks", 400),
        ("\(version)/blocks?of=x", 400),
    ])
    func whatIsNoVersionIsRefused(_ tail: String, _ status: Int) throws {
        let request = try Self.received("/versions/" + tail)
        let name = try #require(RoutePath.version.name(in: request.path))
        let refusal = #expect(throws: Refusal.self) { try VersionQuestion(request, name) }
        #expect(refusal?.status == status)
    }

    @Test func whatASubscriberIsAsked() throws {
        let list = try ListQuestion(try Self.received(ListQuestion.target(["foo", "é/*"], isLong: true)))
        #expect(list.patterns.map(\.text) == ["foo", "é/*"] && list.isLong && list.completing == nil)
        #expect(try ListQuestion(try Self.received(ListQuestion.target([]))).patterns.isEmpty)
        #expect(try ListQuestion(try Self.received(ListQuestion.target(completing: "foo/é "))).completing == "foo/é ")
        let many = ListQuestion.target(Array(repeating: "foo", count: RequestLimits.globs + 1))
        #expect(throws: Refusal.self) { try ListQuestion(try Self.received(many)) }
        for question in [
            FollowQuestion(), FollowQuestion(isWhole: false), FollowQuestion(isWhole: false, isPinned: true),
            FollowQuestion(isEstimate: true),
        ] {
            #expect(try FollowQuestion(try Self.received(question.target, method: "POST")) == question)
        }
        #expect(FollowQuestion(isWhole: false, isPinned: true).target == "/api/follow?held=true&pin=true")
        #expect(throws: Refusal.self) { try FollowQuestion(try Self.received("/api/follow?held=1")) }
        let patterns = try EventsQuestion.patterns(Self.feed(EventsQuestion.target(["foo/*"])))
        #expect(patterns.map(\.text) == ["foo/*"])
    }

    @Test(arguments: ["foo/a b.b2nd", "é", "e\u{301}/x", "a%2Fb", "?#&+"])
    func aNameInAPathIsThatName(_ name: String) throws {
        for path in [RoutePath.dataset, .bytes, .fetch, .folderList] {
            let read = try #require(path.name(in: try Self.received(path.of(name)).path))
            #expect(read.hasBytes(of: name), "\(path)")
        }
        #expect(RoutePath.datasets.name(in: "/api/datasets/foo") == nil)
        #expect(RoutePath.health.name(in: "/health") == "")
    }
}

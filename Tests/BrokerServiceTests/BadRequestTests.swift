import BrokerService
import Catalogue
import HTTP
import TestSupport
import Testing
import Wire

@Suite(.patient) struct BadRequestTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Every refusal says why, as JSON.
    private func expectRefusal(
        _ response: HTTPClient.Response, _ status: Int, _ words: String = "",
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(response.status == status, "\(response.text)", sourceLocation: location)
        let detail = try WireJSON.decode([String: String].self, from: response.body)["detail"]
        #expect(detail?.contains(words) ?? false, "\(response.text)", sourceLocation: location)
        #expect(response.headers[ProtocolHeader.protocol] == "1", sourceLocation: location)
    }

    @Test func theBrokerIsAliveAndReadyAndEachAnswerSaysItsProtocol() async throws {
        try await BrokerHarness.run(folder) { broker in
            for path in ["/health", "/ready", "/api/datasets", "/api/publishers"] {
                let response = try await broker.send("GET", path)
                #expect(response.status == 200)
                #expect(response.headers[ProtocolHeader.protocol] == "1")
            }
        }
    }

    @Test func unknownPathsAndMethodsAreRefusedWithWhatThereIs() async throws {
        try await BrokerHarness.run(folder) { broker in
            for path in ["/", "/api", "/api/nothing", "/api/datasetsx", "/../etc/passwd", "//", "/api/datasets%00"] {
                let response = try await broker.send("GET", path)
                #expect(response.status == 404 || response.status == 400, "\(path): \(response.status)")
            }
            let response = try await broker.send("POST", "/api/datasets", body: [])
            try expectRefusal(response, 405, "GET")
            #expect(response.headers["Allow"] == "GET, HEAD")
            let other = try await broker.send("PATCH", "/api/publishers/foo", body: [])
            try expectRefusal(other, 405, "GET, HEAD, PUT and DELETE")
            #expect(other.headers["Allow"] == "GET, HEAD, PUT, DELETE")
            try expectRefusal(try await broker.send("DELETE", "/api/changes"), 405, "POST")
        }
    }

    @Test func pagesOfTheWebAnnounceNothing() async throws {
        try await BrokerHarness.run(folder) { broker in
            let origin: HTTPHeaders = ["Origin": "http://localhost:8000"]
            let claim = WireJSON.encode(Claim(secret: BrokerHarness.secrets[0], urls: ["http://a:1"], class: "public"))
            try expectRefusal(
                try await broker.send("PUT", "/api/publishers/foo", origin, body: claim), 403, "page")
            try expectRefusal(try await broker.send("DELETE", "/api/publishers/foo", origin), 403, "page")
            try expectRefusal(
                try await broker.send("POST", "/api/changes", origin, body: Array("{}".utf8)), 403, "page")
            #expect(try await broker.send("GET", "/api/publishers", origin).text == "[]")
        }
    }

    @Test(arguments: ["", ".hidden", "a%2Fb", "a%0Ab", String(repeating: "x", count: 129)])
    func badGroupNamesAreRefused(name: String) async throws {
        try await BrokerHarness.run(folder) { broker in
            let claim = WireJSON.encode(Claim(secret: BrokerHarness.secrets[0], urls: ["http://a:1"], class: "public"))
            try expectRefusal(try await broker.send("PUT", "/api/publishers/" + name, body: claim), 400, "name")
            #expect(try await broker.get("/api/publishers", as: [Group].self).isEmpty)
        }
    }

    @Test(arguments: [
        "", "{", "[]", "null", "{}", "{\"secret\":1}", "{\"secret\":\"ab\",\"urls\":[\"http://a:1\"],\"class\":\"x\"}",
        "{\"secret\":\"S\",\"urls\":[],\"class\":\"x\"}", "{\"secret\":\"S\",\"urls\":[\"ftp://a\"],\"class\":\"x\"}",
        "{\"secret\":\"S\",\"urls\":[\"http://\"],\"class\":\"x\"}",
        "{\"secret\":\"S\",\"urls\":[\"http://a b\"],\"class\":\"x\"}",
        "{\"secret\":\"S\",\"urls\":[\"http://a\\n\"],\"class\":\"x\"}",
        "{\"secret\":\"S\",\"urls\":[\"http://a?b\"],\"class\":\"x\"}",
        "{\"secret\":\"S\",\"urls\":[\"http://a\"],\"class\":\"\"}",
        "{\"secret\":\"S\",\"urls\":[\"http://a\"],\"class\":\"a\\nb\"}",
        "\u{0}\u{1}garbage", "{\"secret\":\"S\",\"urls\":\"http://a\",\"class\":\"x\"}",
    ])
    func badClaimsAreRefused(body: String) async throws {
        try await BrokerHarness.run(folder) { broker in
            let body = body.replacing("\"S\"", with: "\"\(BrokerHarness.secrets[0])\"")
            try expectRefusal(try await broker.send("PUT", "/api/publishers/foo", body: Array(body.utf8)), 400)
            #expect(try await broker.send("GET", "/api/publishers/foo").status == 404)
        }
    }

    @Test func aClaimIsBoundedInSize() async throws {
        try await BrokerHarness.run(folder) { broker in
            let long = [UInt8](repeating: UInt8(ascii: " "), count: 100_000)
            try expectRefusal(try await broker.send("PUT", "/api/publishers/foo", body: long), 413, "65536")
        }
    }

    private static let dataset =
        "{\"path\":\"foo/a\",\"version\":\"V\",\"size\":1,\"modified\":1.5,\"kind\":\"file\",\"mediaType\":\"text/plain\"M}"

    /// A whole announcement with something put in the place of a good part of it.
    private static func announcement(_ part: String = "", _ replacement: String = "", more: String = "") -> String {
        let dataset = dataset.replacing("M", with: more).replacing(part, with: replacement)
            .replacing("\"V\"", with: "\"" + String(repeating: "0", count: 64) + "\"")
        return "{\"changes\":[{\"put\":\(dataset)}]}"
    }

    private static let badAnnouncements: [String] = [
        "", "{", "null", "[]", "{\"changes\":1}", "{\"changes\":[1]}", "{\"changes\":[{}]}", "\u{ff}",
        "{\"changes\":[{\"delete\":\"foo\"}]}", "{\"changes\":[{\"delete\":\"foo/../a\"}]}",
        "{\"changes\":[{\"delete\":\"/foo/a\"}]}", "{\"changes\":[{\"delete\":\"bar/a\"}]}",
        announcement("foo/a", "foo/"), announcement("foo/a", "foo/a//b"), announcement("foo/a", "foo/./b"),
        announcement("foo/a", "bar/a"), announcement("foo/a", "foo/" + String(repeating: "x/", count: 3000) + "y"),
        announcement("\"V\"", "\"00\""), announcement("\"V\"", "null"), announcement("\"size\":1", "\"size\":-1"),
        announcement("\"size\":1", "\"size\":1.5"), announcement("\"size\":1", "\"size\":9223372036854775808"),
        announcement("\"size\":1,", ""), announcement("\"modified\":1.5", "\"modified\":1e999"),
        announcement("\"modified\":1.5", "\"modified\":NaN"), announcement("\"modified\":1.5", "\"modified\":1e300"),
        announcement("\"file\"", "\"directory\""), announcement("text/plain", ""),
        announcement("text/plain", "text/\\nplain"),
        announcement("text/plain", String(repeating: "x", count: 300)),
        announcement(more: ",\"attributes\":{\"a\":\"\(String(repeating: "x", count: 5000))\"}"),
        announcement(more: ",\"attributes\":[1]"), announcement(more: ",\"attributes\":{\"a\":1e999}"),
        announcement(
            more: ",\"attributes\":{\"a\":" + String(repeating: "[", count: 2000) + String(repeating: "]", count: 2000)
                + "}"),
        announcement(more: ",\"warning\":\"\(String(repeating: "x", count: 2000))\""),
        announcement(more: ",\"array\":{\"shape\":[1],\"chunks\":[1,1],\"blocks\":[1],\"dtype\":\"f4\"}"),
        announcement(more: ",\"array\":{\"shape\":[-1],\"chunks\":[1],\"blocks\":[1],\"dtype\":\"f4\"}"),
        announcement(more: ",\"array\":{\"shape\":[1],\"chunks\":[1],\"blocks\":[1],\"dtype\":\"\"}"),
        announcement(more: ",\"array\":{}"), announcement(more: ",\"frame\":{\"nbytes\":1}"),
    ]

    @Test func badAnnouncementsAreRefused() async throws {
        try await BrokerHarness.run(folder) { broker in
            let lease = try await broker.claim("foo")
            let headers: HTTPHeaders = [ProtocolHeader.lease: lease.lease]
            for body in Self.badAnnouncements {
                let response = try await broker.send("POST", "/api/changes", headers, body: Array(body.utf8))
                try expectRefusal(response, 400)
            }
            #expect(try await broker.list().replica.lines.keys.sorted() == ["foo"])
            let good = try await broker.send("POST", "/api/changes", headers, body: Array(Self.announcement().utf8))
            #expect(good.status == 200, "\(good.text)")
        }
    }

    @Test func announcementsWithoutALeaseAreRefused() async throws {
        try await BrokerHarness.run(folder) { broker in
            _ = try await broker.claim("foo")
            let body = Array(Self.announcement().utf8)
            try expectRefusal(try await broker.send("POST", "/api/changes", body: body), 403, "Bpubsub-Lease")
            let wrong: HTTPHeaders = [ProtocolHeader.lease: "0"]
            try expectRefusal(
                try await broker.send("POST", "/api/changes", wrong, body: body), 403, "claim the group again")
        }
    }

    @Test func anUploadIsBoundedInSize() async throws {
        try await BrokerHarness.run(folder) { broker in
            let lease = try await broker.claim("foo")
            let long = [UInt8](repeating: UInt8(ascii: " "), count: (32 << 20) + 1)
            // The server may close the connection before the client has sent it all.
            if let response = try? await broker.send(
                "POST", "/api/changes", [ProtocolHeader.lease: lease.lease], body: long)
            {
                try expectRefusal(response, 413)
            }
            #expect(try await broker.list().revision == 1)
        }
    }

    @Test func badListingsAreRefused() async throws {
        try await BrokerHarness.run(folder) { broker in
            let many = "?" + (0..<101).map { "prefix=\($0)" }.joined(separator: "&")
            try expectRefusal(try await broker.send("GET", "/api/datasets" + many), 400, "prefix")
            let long = "?prefix=" + String(repeating: "x", count: 5000)
            try expectRefusal(try await broker.send("GET", "/api/datasets" + long), 400, "4096")
            try expectRefusal(try await broker.send("GET", "/api/datasets/foo"), 400, "GROUP/NAME")
            try expectRefusal(try await broker.send("GET", "/api/datasets/foo/%2E%2E/a"), 400, "climb")
            try expectRefusal(try await broker.send("GET", "/api/datasets/foo/a"), 404, "foo/a")
        }
    }
}

import Catalogue
import HTTP
import Platform
import Testing
import Wire

/// A refusal is written and read by one type.
@Suite struct RefusalTests {
    private static func body(_ refusal: Refusal) -> [UInt8] {
        guard case .bytes(let bytes) = refusal.response.body else { return [] }
        return bytes.array
    }

    private static func text(_ refusal: Refusal) -> String { String(decoding: body(refusal), as: UTF8.self) }

    @Test func itIsOneLineOfJSON() throws {
        let refusal = Refusal(409, "held by \"another\"\n", headers: ["Retry-After": "5"])
        #expect(Self.text(refusal) == #"{"detail":"held by \"another\"\n"}"#)
        #expect(refusal.response.status == 409)
        #expect(refusal.response.headers["Content-Type"] == MediaType.json)
        #expect(refusal.response.headers["Retry-After"] == "5")
        let read = try #require(Refusal(status: 409, body: Self.body(refusal)))
        #expect(read.detail == refusal.detail && read.status == 409)
        #expect(read.problems == nil)
    }

    @Test func eachNameHasItsReason() throws {
        let refusal = Refusal.names(
            NamedValues([
                (ExactText("foo/b"), Refusal.NameProblem(reason: "there is none", suggestions: ["foo/a", "foo/c"])),
                (ExactText("e\u{301}"), Refusal.NameProblem(reason: "not this spelling", suggestions: [])),
            ]))
        #expect(
            Self.text(refusal)
                == "{\"detail\":\"'e\u{301}': not this spelling\\n'foo/b': there is none; did you mean foo/a, foo/c?\","
                + "\"errors\":{\"e\u{301}\":{\"reason\":\"not this spelling\",\"suggestions\":[]},"
                + "\"foo/b\":{\"reason\":\"there is none\",\"suggestions\":[\"foo/a\",\"foo/c\"]}}}")
        let read = try #require(Refusal(status: 404, body: Self.body(refusal)))
        #expect(read.problems?["foo/b"]?.suggestions == ["foo/a", "foo/c"])
        #expect(read.problems?.members.count == 2)
    }

    @Test func aParameterIsRefusedAsClientsKnowIt() throws {
        let refusal = Refusal.invalid("missing", at: ["query", "nchunk"], "the number is missing")
        #expect(
            Self.text(refusal)
                == #"{"detail":[{"type":"missing","loc":["query","nchunk"],"msg":"the number is missing"}]}"#)
        #expect(try #require(Refusal(status: 422, body: Self.body(refusal))).detail == "the number is missing")
    }

    @Test(arguments: [
        "", "<html>", "[]", "{}", #"{"detail":null}"#, #"{"detail":7}"#, #"{"detail":[7]}"#, #"{"error":"no"}"#,
        #"{"errors":7}"#,
    ])
    func whatIsNoRefusalIsNotTakenForOne(_ body: String) {
        #expect(Refusal(status: 500, body: Array(body.utf8)) == nil)
    }

    /// As releases before this one may have written it.
    @Test func errorsWithoutDetailAreRead() throws {
        let read = try #require(
            Refusal(status: 404, body: Array(#"{"errors":{"foo":{"reason":"unknown"}}}"#.utf8)))
        #expect(read.detail == "status 404")
        #expect(read.problems?["foo"] == Refusal.NameProblem(reason: "unknown", suggestions: nil))
    }
}

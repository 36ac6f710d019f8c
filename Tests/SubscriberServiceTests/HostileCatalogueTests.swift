import Catalogue
import HTTP
import Platform
import Testing
import Wire

@testable import SubscriberService

/// What a hostile catalogue, state folder or web page may say.
@Suite struct HostileCatalogueTests {
    @Test func sizesThatAddUpBeyondEveryNumberAreCounted() {
        var summaries: [Version: MirrorIndex.Summary] = [:]
        for number in 1...9 {
            guard let version = Version(String(repeating: "\(number)", count: 64)) else { continue }
            summaries[version] = .init(size: 1 << 60, held: .max, isComplete: true)
        }
        #expect(MirrorTable(summaries: summaries).heldBytes == .max)
        #expect(Dataset.clamped(.max) == 1 << 60 && Dataset.clamped(.min) == 0)
    }

    @Test(arguments: [
        ("http://evil.example", "text/plain", false), ("http://evil.example", "", false),
        ("null", "application/x-www-form-urlencoded", false), ("http://evil.example", "application/json", true),
        ("http://evil.example", "application/json; charset=utf-8", true), ("http://localhost:1", "text/plain", true),
    ])
    func aPageOfAnotherSiteAsksOnlyAsBrowsersLetIt(origin: String, type: String, isAnswered: Bool) {
        let headers: HTTPHeaders = ["Origin": origin, "Content-Type": type, "Host": "localhost:1"]
        let request = HTTPRequest(method: "POST", path: "/api/fetch/foo/a", headers: headers)
        let answered = (try? OriginRule(ownPagesAt: []).check(request, .asks)) != nil
        #expect(answered == isAnswered)
    }

    @Test func aQuestionHasAFewValues() {
        let bodies = [
            #"{"slice_":["# + Array(repeating: "{}", count: 80_000).joined(separator: ",") + "]}",
            #"{"slice_":"# + String(repeating: "[", count: 400_000), String(repeating: #"{"a":"#, count: 100_000),
        ]
        for body in bodies {
            let refusal = #expect(throws: Refusal.self) { try FetchQuestion(body: Array(body.utf8)) }
            #expect(refusal?.status == 422)
        }
    }
}

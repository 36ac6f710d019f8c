import TestSupport
import Testing

@testable import Catalogue

@Suite struct NameTests {
    @Test(arguments: [
        "foo/a.b2nd", "foo/dir/precip.b2nd", "@public/x", "foo/with space", "foo/#?%41", "foo/é", "foo/e\u{301}",
        "foo/🌧",
        "foo/new\nline", "foo/...", "foo/..a", "foo/-rf",
    ])
    func acceptsAnyLegalFileName(text: String) throws {
        let path = try DatasetPath(text)
        #expect(path.text == text)
        #expect("\(path.group)/\(path.relative)" == text)
    }

    @Test(arguments: [
        "", "foo", "foo/", "/a", "foo//a", "foo/../a", "foo/a/..", "foo/.", "foo/a/./b", ".foo/a", "../a", "foo/a\0b",
        "foo/" + String(repeating: "x", count: 256), String(repeating: "y", count: 129) + "/a", "a\nb/c",
    ])
    func refusesWhatCouldClimbOrConfuse(text: String) {
        #expect(throws: NameError.self) { try DatasetPath(text) }
    }

    @Test func twoSpellingsOfAnAccentAreTwoFiles() throws {
        let composed = try DatasetPath("foo/\u{e9}"), decomposed = try DatasetPath("foo/e\u{301}")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(decomposed < composed)
    }

    @Test(arguments: [
        ("foo", "foo/a.b2nd", true), ("foo", "foobar/a", false), ("foo/dir", "foo/dir/a/b", true),
        ("foo/*.b2nd", "foo/a.b2nd", true), ("foo/*.b2nd", "foo/dir/a.b2nd", false), ("foo/**/a", "foo/x/y/a", true),
        ("foo/**/a", "foo/a", true), ("*/a", "foo/a", true), ("foo/a?c", "foo/abc", true), ("foo/a?c", "foo/ac", false),
        ("foo/[a-c]x", "foo/bx", true), ("foo/[!a-c]x", "foo/bx", false), ("foo/[a-c]x", "foo/[a-c]x", true),
        ("foo/2026/*", "foo/2026/dir/file", true), ("foo/a*b*c", "foo/aXXbYYc", true),
        ("foo/a*b*c", "foo/aXXbYY", false),
        ("foo/", "foo/a", true), ("foo/*", "bar/a", false),
    ])
    func patternsMatchWhatPeopleExpect(pattern: String, path: String, matches: Bool) throws {
        #expect(try PathPattern(pattern).matches(path) == matches)
    }

    @Test(.patient) func aHostilePatternIsNoWork() throws {
        let pattern = try PathPattern("g/" + String(repeating: "*a", count: 100) + "b")
        #expect(!pattern.matches("g/" + String(repeating: "a", count: 250)))
        let deep = try PathPattern("g/" + Array(repeating: "**/a", count: 40).joined(separator: "/") + "/x")
        #expect(!deep.matches("g/" + Array(repeating: "a", count: 120).joined(separator: "/")))
    }

    @Test func suggestsTheNearestNames() {
        let names = ["foo/precip.b2nd", "foo/temp.b2nd", "foo/wind.b2nd", "other/unrelated-name.txt"]
        #expect(NearestNames.of("foo/precipt.b2nd", among: names).first == "foo/precip.b2nd")
        #expect(NearestNames.of("precip.b2nd", among: names).first == "foo/precip.b2nd")
        #expect(NearestNames.of("zzzzzzzzzzzzzzzzzzzzzzz", among: names).isEmpty)
    }

    @Test func aWatcherOfAFolderSeesItsGroup() {
        #expect(Change.concerns(key: "foo/dir/a", prefix: "foo/dir/"))
        #expect(Change.concerns(key: "foo", prefix: "foo/dir/"))
        #expect(!Change.concerns(key: "fo", prefix: "foo/dir/"))
        #expect(!Change.concerns(key: "foo/other", prefix: "foo/dir/"))
    }
}

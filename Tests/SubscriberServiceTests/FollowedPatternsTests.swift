import Catalogue
import Testing

@testable import SubscriberService

@Suite struct FollowedPatternsTests {
    static func patterns(_ texts: String...) throws -> FollowedPatterns {
        FollowedPatterns(try texts.map { try PathPattern($0) })
    }

    @Test(arguments: [
        ("foo/a", true), ("foo/ab", false), ("foo/a/b", true), ("bar/x", true), ("barn/x", false),
        ("baz/2026/x.bin", true), ("baz/2026/x.txt", false), ("baz/y[1].bin", true),
    ])
    func coverWhatIsNamedWhatLiesBelowAndWhatMatches(path: String, isCovered: Bool) throws {
        let patterns = try Self.patterns("foo/a", "bar", "baz/20*/*.bin", "baz/y[1].bin")
        #expect(patterns.cover(try DatasetPath(path)) == isCovered)
    }

    @Test func namesThatLookTheSameAreTwo() throws {
        let patterns = try Self.patterns("foo/\u{e9}")
        #expect(patterns.cover(try DatasetPath("foo/\u{e9}")))
        #expect(!patterns.cover(try DatasetPath("foo/e\u{301}")))
        #expect(try PathPattern("foo/\u{e9}") != PathPattern("foo/e\u{301}"))
    }

    @Test func insertingTwiceIsInsertingOnceAndRemovingIsExact() throws {
        var patterns = try Self.patterns("foo", "foo/a", "foo")
        #expect(patterns.all.map(\.text) == ["foo", "foo/a"])
        patterns.remove([try PathPattern("foo")])
        #expect(patterns.all.map(\.text) == ["foo/a"])
        #expect(!patterns.cover(try DatasetPath("foo/b")))
    }
}

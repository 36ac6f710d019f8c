import Catalogue
import Testing

@testable import Client

@Suite("Names of downloaded files")
struct TargetNamesTests {
    @Test(
        "file names, or paths below the groups, or whole paths",
        arguments: [
            (["foo/a", "foo/d/b"], ["a", "b"]), (["foo/d/a", "foo/e/a", "foo/b"], ["d/a", "e/a", "b"]),
            (["foo/a", "bar/a"], ["foo/a", "bar/a"]),
            (["foo/x/a", "foo/y/a", "bar/x"], ["foo/x/a", "foo/y/a", "bar/x"]),
            (["foo/\u{e9}", "foo/d/e\u{301}"], ["\u{e9}", "e\u{301}"]),
        ])
    func names(_ paths: [String], _ expected: [String]) throws {
        let paths = try paths.map { try DatasetPath($0) }
        let names = TargetNames.choose(for: paths)
        let chosen = paths.map { Array((names[$0] ?? "-").utf8) }
        #expect(chosen == expected.map { Array($0.utf8) })
    }
}

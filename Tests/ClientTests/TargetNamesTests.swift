import Catalogue
import Testing

@testable import Client

@Suite("Names of downloaded files")
struct TargetNamesTests {
    static let paths = ["foo/2024/a", "foo/2025/b", "foo/2025/d/c", "foo/\u{e9}", "foo/e\u{301}"]

    @Test(
        "a place follows from the name that was given and the dataset's path",
        arguments: [
            (["foo"], ["2024/a", "2025/b", "2025/d/c", "\u{e9}", "e\u{301}"]),
            (["foo/2025/", "foo"], ["2024/a", "b", "d/c", "\u{e9}", "e\u{301}"]),
            (["foo/2025/b", "foo/**"], ["2024/a", "b", "2025/d/c", "\u{e9}", "e\u{301}"]),
            (["*/2025/*", "foo/2024/*", "foo/*"], ["a", "foo/2025/b", "foo/2025/d/c", "\u{e9}", "e\u{301}"]),
        ])
    func names(_ given: [String], _ expected: [String]) throws {
        let paths = try Self.paths.map { try DatasetPath($0) }
        let places = try TargetNames.choose(for: paths, named: given)
        #expect(paths.map { ExactText(places[$0] ?? "-") } == expected.map { ExactText($0) })
        // Whatever else there is.
        for path in paths {
            let alone = try TargetNames.choose(for: [path], named: given)
            #expect(alone[path] == places[path])
        }
    }

    @Test(
        "two datasets that would have one place are refused",
        arguments: [
            (["foo/a/x", "bar/x"], ["foo/a", "bar"]), (["foo/a", "bar/a/b"], ["foo/a", "bar"]),
            (["foo/d/a", "foo/e/a"], ["foo/d/a", "foo/e/a"]),
        ])
    func collisions(_ paths: [String], _ names: [String]) throws {
        let paths = try paths.map { try DatasetPath($0) }
        let error = #expect(throws: ClientError.self) { try TargetNames.choose(for: paths, named: names) }
        #expect(error?.message.contains("would both be") == true)
    }
}

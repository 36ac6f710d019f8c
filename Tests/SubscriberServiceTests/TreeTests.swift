import Catalogue
import HTTP
import TestSupport
import Testing

@testable import SubscriberService

/// Looking around, folder by folder.
@Suite(.patient) struct TreeTests {
    private struct Folder: Decodable {
        struct Inner: Decodable, Equatable {
            let name: String
            let path: String
            let datasets: Int
        }
        struct Row: Decodable { let dataset: Dataset }
        let folders: [Inner]
        let total: Int
        let entries: Int
        let datasets: [Row]
        var names: [String] { datasets.map(\.dataset.path.text) }
    }

    private static func folder(
        _ subscriber: TestSubscriber, _ path: String, _ query: [(String, String)] = []
    ) async throws -> Folder {
        let answer = try await subscriber.ask("/api/tree/\(path)", query)
        #expect(answer.status == 200)
        return try WireJSON.decode(Folder.self, from: answer.body)
    }

    private static func with(_ body: @Sendable (TestSubscriber) async throws -> Void) async throws {
        try await Network.with { network in
            let subscriber = try await network.subscriber()
            let names = ["a.txt", "dir/b.txt", "dir/C.txt", "dir/deep/d.txt", "dir.txt", "dir2/b.txt"]
            for name in names { try await network.publish(name, Array(name.utf8)) }
            try await subscriber.waitForList(names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
            try await body(subscriber)
        }
    }

    @Test func aFolderShowsWhatIsInIt() async throws {
        try await Self.with { subscriber in
            let group = try await Self.folder(subscriber, "foo")
            #expect(group.names == ["foo/a.txt", "foo/dir.txt"] && group.total == 2)
            #expect(
                group.folders == [
                    .init(name: "dir", path: "foo/dir", datasets: 3),
                    .init(name: "dir2", path: "foo/dir2", datasets: 1),
                ])
            let inner = try await Self.folder(subscriber, "foo/dir/")
            #expect(inner.names == ["foo/dir/C.txt", "foo/dir/b.txt"] && inner.folders.map(\.name) == ["deep"])
            for name in ["foo/none", "foo/a.txt"] {
                #expect(try await subscriber.ask("/api/tree/\(name)").status == 404)
            }
            #expect(try await subscriber.ask("/api/tree/nobody").status == 404)
            let groups = try await subscriber.json("/api/tree")
            #expect("\(groups)".contains("foo"))
        }
    }

    @Test func foldersAndDatasetsArePagedThroughTogether() async throws {
        try await Self.with { subscriber in
            var seen: [[String]] = []
            for offset in 0..<5 {
                let page = try await Self.folder(subscriber, "foo", [("limit", "2"), ("offset", "\(offset)")])
                #expect(page.entries == 4)
                seen.append(page.folders.map(\.name) + page.names)
            }
            #expect(
                seen == [["dir", "dir2"], ["dir2", "foo/a.txt"], ["foo/a.txt", "foo/dir.txt"], ["foo/dir.txt"], []])
        }
    }

    @Test func whatIsLookedForIsFoundInAllFoldersPageByPage() async throws {
        try await Self.with { subscriber in
            let found = try await Self.folder(subscriber, "foo", [("filter", "c.TX")])
            #expect(found.names == ["foo/dir/C.txt"] && found.folders.isEmpty)
            let all = try await Self.folder(subscriber, "foo", [("filter", "txt"), ("limit", "2"), ("offset", "1")])
            #expect(all.total == 6 && all.names == ["foo/dir.txt", "foo/dir/C.txt"])
            #expect(try await Self.folder(subscriber, "foo", [("filter", "foo")]).total == 0, "not the group's name")
            let beyond = try await Self.folder(subscriber, "foo", [("offset", "9")])
            #expect(beyond.total == 2 && beyond.names.isEmpty)
            for (name, value) in [("limit", "0"), ("limit", "1001"), ("offset", "-1"), ("offset", "x")] {
                #expect(try await subscriber.ask("/api/tree/foo", [(name, value)]).status == 400)
            }
        }
    }
}

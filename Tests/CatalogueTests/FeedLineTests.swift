import Digests
import Testing

@testable import Catalogue

@Suite struct FeedLineTests {
    static func dataset(_ path: String) throws -> Dataset {
        var dataset = Dataset(
            path: try DatasetPath(path), version: ManifestTests.manifest([1]).version, size: 12, modified: 1.25,
            kind: .array)
        dataset.array = ArrayMetadata(shape: [3, 4], chunks: [3, 2], blocks: [1, 2], dtype: "[('a', '<i4')]")
        dataset.attributes = ["unit": .string("m/s"), "list": .array([.integer(1), .number(0.5), .null, .bool(true)])]
        return dataset
    }

    @Test func eachKindOfLineIsReadAsItWasWritten() throws {
        let epoch = Epoch.random()
        let group = Group(name: "foo", publisher: "abc", urls: ["http://h:1"], class: "public", online: true, since: 3)
        let lines: [FeedLine] = [
            .change(1, .put(try Self.dataset("foo/new\nline \"é\".b2nd"))),
            .change(2, .delete(try DatasetPath("foo/a"))),
            .change(3, .group(group)), .bookmark(4, epoch, digests: ["foo": StateDigest().digest]),
            .bookmark(4, epoch, digests: [:], stale: 12.5),
            .end(5, reason: "too slow"),
        ]
        for line in lines {
            #expect(try FeedLine(line: line.encoded) == line)
            #expect(!line.encoded.contains(10), "a line is one line")
        }
    }

    @Test func theSameValueIsTheSameBytes() throws {
        let line = FeedLine.change(1, .put(try Self.dataset("foo/a")))
        #expect((0..<20).allSatisfy { _ in line.encoded == line.encoded })
    }

    @Test(arguments: [
        "", "{}", "[]", "nonsense", #"{"revision":1,"type":"put"}"#, #"{"revision":1,"type":"later","x":1}"#,
        #"{"revision":1,"type":"delete","path":"foo/../etc/passwd"}"#,
        #"{"revision":-1,"type":"delete","path":"foo/a"}"#,
        #"{"revision":1,"type":"group","group":{"name":"a/b","publisher":"","urls":[],"class":"","online":true,"since":0}}"#,
    ])
    func refusesOtherLines(text: String) {
        #expect(throws: (any Error).self) { try FeedLine(line: Array(text.utf8)) }
    }
}

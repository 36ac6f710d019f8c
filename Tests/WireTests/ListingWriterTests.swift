import Catalogue
import Testing
import Wire

/// A listing is the same text wherever it is written.
@Suite struct ListingWriterTests {
    private static func line(_ name: String, _ revision: Revision) throws -> [UInt8] {
        let version = try #require(Version(String(repeating: "0", count: 64)))
        let dataset = Dataset(path: try DatasetPath(name), version: version, size: 1, modified: 1)
        return FeedLine.change(revision, .put(dataset)).encoded
    }

    private static func listing(_ lines: [(key: String, line: [UInt8])], isLines: Bool) -> String {
        var writer = ListingWriter(isLines: isLines), text: [UInt8] = []
        for (key, line) in lines { writer.append(line, of: key, to: &text) }
        writer.finish(Array("the end".utf8), to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    @Test func linesGoOnAsTheyCame() throws {
        let line = try Self.line("foo/a", 7)
        let text = String(decoding: line, as: UTF8.self)
        #expect(Self.listing([("foo/a", line), ("foo/a", line)], isLines: true) == "\(text)\n\(text)\nthe end\n")
        #expect(Self.listing([], isLines: true) == "the end\n")
    }

    @Test func anObjectHasTheDatasetsByTheirPaths() throws {
        let names = ["foo/a", "foo/\"q\"", "foo/e\u{301}", "foo/\u{e9}"]
        let lines = try names.enumerated().map { ($1, try Self.line($1, Revision($0))) }
        let object = try NamedValues<Dataset>(encoded: Array(Self.listing(lines, isLines: false).utf8))
        #expect(object.members.count == 4)
        for name in names { #expect(object[ExactText(name)]?.path.text.hasBytes(of: name) == true) }
        #expect(Self.listing([], isLines: false) == "{}\n")
    }

    /// A broker of somebody else's may write its lines otherwise: they are read then.
    @Test func aLineOfAnotherHandIsRead() throws {
        let line = String(decoding: try Self.line("foo/a", 7), as: UTF8.self)
        let start = line.firstRange(of: ",\"revision\"")!.lowerBound
        let other = "{\"type\": \"put\", \"revision\": 7, " + line.dropFirst()[..<start] + "}"
        #expect(FeedLine.dataset(in: Array(other.utf8)) == nil)
        let text = Self.listing([("foo/a", Array(other.utf8))], isLines: false)
        #expect(text == Self.listing([("foo/a", try Self.line("foo/a", 9))], isLines: false))
        // What is no dataset is none.
        let deletion = FeedLine.change(1, .delete(try DatasetPath("foo/a"))).encoded
        #expect(Self.listing([("foo/a", deletion)], isLines: false) == "{}\n")
    }

    @Test(arguments: [
        "", "{", #"{"dataset":,"revision":1,"type":"put"}"#, #"{"dataset":{},"revision":x,"type":"put"}"#,
    ])
    func whatIsNoLineOfOursIsNotCutUp(_ text: String) {
        #expect(FeedLine.dataset(in: Array(text.utf8)) == nil)
    }
}

import Testing

@testable import Catalogue

@Suite("Names and what is kept by them")
struct NamedValuesTests {
    static let spellings: [ExactText] = ["\u{e9}", "e\u{301}"]

    @Test("two spellings that look the same are two names")
    func spellings() throws {
        #expect(Self.spellings[0] != Self.spellings[1])
        #expect(Self.spellings[1] < Self.spellings[0])
        #expect(Set(Self.spellings).count == 2)
        let groups = Set(try Self.spellings.map { try GroupName($0.text) })
        #expect(groups.count == 2)
        let paths = Set(try Self.spellings.map { try DatasetPath("foo/" + $0.text) })
        #expect(paths.count == 2)
    }

    @Test("both are in the JSON, and come back, sorted by their bytes")
    func json() throws {
        let values = NamedValues(Self.spellings.enumerated().map { ($1, [$0]) } + [("a", [7])])
        let text = Array("{\"a\":[7],\"e\u{301}\":[1],\"\u{e9}\":[0]}".utf8)
        #expect(values.encoded == text)
        let read = try NamedValues<[Int]>(encoded: text)
        #expect(read.members.map(\.name) == ["a", "e\u{301}", "\u{e9}"])
        #expect(read["\u{e9}"] == [0] && read["e\u{301}"] == [1] && read["b"] == nil)
        #expect(NamedValues<Int>([:]).encoded == Array("{}".utf8))
    }

    @Test("JSON as others write it is read, with escapes, spaces and what looks like an end in names")
    func foreign() throws {
        let text = " { \"a\\\"},\" : {\"x\": \"]},\"} ,\n\"\\u00e9\":{\"x\":\"\\\\\"},\"a\\\"},\":{\"x\":\"last\"} } "
        let read = try NamedValues<[String: String]>(encoded: Array(text.utf8))
        #expect(read.members.map(\.name) == ["a\"},", "\u{e9}"])
        #expect(read["a\"},"] == ["x": "last"] && read["\u{e9}"] == ["x": "\\"])
        let inner = try NamedValues<Int>.member("errors", of: Array("{\"x\":{\"y\":3},\"errors\":{\"y\":2}}".utf8))
        #expect(inner?["y"] == 2)
        #expect(try NamedValues<Int>.member("errors", of: Array("{\"errors\":null}".utf8)) == nil)
    }

    @Test(
        "what is no object of such values is refused",
        arguments: [
            "", "{", "}", "[]", "[{\"a\":1}]", "{\"a\"}", "{\"a\":}", "{\"a\": }", "{\"a\":1,}", "{,}", "{\"a\":1}}",
            "{\"a\":1}x",
            "{a:1}", "{\"a\":\"1\"}", "{\"a\":1 2}", "{\"a\":[1}", "{\"a", "{\"a\\", "{\"a\":1]", "{1:1}", "null",
            "{\"a\":]1[}",
        ])
    func refused(_ text: String) {
        #expect(throws: (any Error).self) { try NamedValues<Int>(encoded: Array(text.utf8)) }
    }
}

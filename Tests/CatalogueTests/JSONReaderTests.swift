import Platform
import Synchronization
import Testing

@testable import Catalogue

/// What is read of JSON from outside, and what it may cost.
@Suite struct JSONReaderTests {
    private func value(_ text: String, _ limits: JSONLimits = .answer) throws -> JSONValue {
        try WireJSON.decode(JSONValue.self, from: Array(text.utf8), limits)
    }

    @Test func everyKindOfValueIsReadAsWhatItIs() throws {
        #expect(try value(" null\n") == .null)
        #expect(try value("[true,false]") == .array([.bool(true), .bool(false)]))
        #expect(try value("-9223372036854775808") == .integer(.min))
        #expect(try value("18446744073709551615") == .unsigned(.max))
        #expect(try value("18446744073709551616") == .number(18_446_744_073_709_551_616))
        #expect(try value("1.5e-3") == .number(0.0015))
        #expect(try value("2.0") == .integer(2))
        #expect(try value("{}") == .object([:]) && value("[ ]") == .array([]))
        #expect(
            try value(#"{"a":{"b":[1,"x"]},"c":null}"#)
                == .object(["a": .object(["b": .array([.integer(1), .string("x")])]), "c": .null]))
        #expect(try value(#""a\"\\\/\b\f\n\r\té\u00e9\ud83d\ude00""#) == .string("a\"\\/\u{8}\u{c}\n\r\té\u{e9}😀"))
    }

    @Test(arguments: [
        "", " ", "[", "]", "[1", "[1,", "[1,]", "[,1]", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:2}",
        "nul",
        "nulll", "True", "01", "-", "-01", "1.", ".5", "1e", "1e+", "+1", "0x1", "NaN", "Infinity", "1 2", "\"",
        "\"\\\"",
        "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\u{1}\"", "\"a\nb\"", "'a'", "[1]x", "{\"a\":1}}", "\u{feff}1",
        "1e999",
        "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "/**/1", "[1 2]", "{\"a\" 1}",
    ])
    func whatIsNoJSONIsRefused(text: String) {
        let error = #expect(throws: DecodingError.self) { try value(text) }
        #expect(error.map { !WireJSON.describe($0).isEmpty } == true)
    }

    @Test func textThatIsNotUTF8IsRefused() {
        for bytes: [UInt8] in [[0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22]] {
            #expect(throws: DecodingError.self) { try WireJSON.decode(JSONValue.self, from: bytes) }
        }
    }

    @Test func whatIsMoreThanItMayBeIsRefusedBeforeAnythingIsMadeOfIt() throws {
        let limits = JSONLimits(bytes: 100, depth: 3, values: 10)
        #expect(try value("[[[1]]]", limits) == .array([.array([.array([.integer(1)])])]))
        for (text, words) in [
            ("[[[[1]]]]", "3 deep"), ("[" + String(repeating: "1,", count: 9) + "1]", "10 values"),
            (String(repeating: " ", count: 100) + "1", "101 bytes"),
        ] {
            let error = #expect(throws: JSONExcess.self) { try value(text, limits) }
            #expect(error?.description.contains(words) == true, "\(text): \(error?.description ?? "")")
        }
        let digits = String(repeating: "1", count: 401)
        #expect(throws: JSONExcess.self) { try value(digits) }
    }

    /// A text that is nothing but beginnings: its depth is refused, and not found out on a stack.
    @Test(arguments: ["[", "{\"a\":", "[[{\"\":["]) func depthCostsNothing(part: String) {
        let text = String(repeating: part, count: 2_000_000 / part.utf8.count)
        let error = #expect(throws: JSONExcess.self) { try value(text) }
        #expect(error?.description.contains("deep") == true)
    }

    /// Counted by how often the reader asks whether anybody waits: twice as many values are twice as much work.
    @Test func workGrowsAsTheTextDoes() throws {
        func looks(_ count: Int) throws -> Int {
            let text = "[" + Array(repeating: "[{}]", count: count).joined(separator: ",") + "]"
            let looks = Locked(0)
            _ = try WireJSON.decode(
                JSONValue.self, from: Array(text.utf8),
                isCancelled: {
                    looks.withLock { $0 += 1 }
                    return false
                })
            return looks.withLock { $0 }
        }
        let few = try looks(10_000), many = try looks(40_000)
        #expect(many <= 4 * few + 10, "\(few), \(many)")
    }

    @Test func whoHasGoneIsNotReadFor() {
        let text = "[" + Array(repeating: "{\"a\":[]}", count: 10_000).joined(separator: ",") + "]"
        let looks = Locked(0)
        #expect(throws: CancellationError.self) {
            try WireJSON.decode([[String: JSONValue]].self, from: Array(text.utf8)) {
                looks.withLock { looks in
                    looks += 1
                    return looks > 3
                }
            }
        }
        #expect(looks.withLock { $0 } == 4)
    }

    /// Keys in another order than the type has them, some unknown, some twice, all of a dictionary.
    @Test func keysAreFoundWhereverTheyStand() throws {
        struct Thing: Decodable, Equatable {
            var a: Int
            var b: String?
            var c: [String: Int]
        }
        let text = #"{"x":[1,{"a":9}],"c":{"n":1,"m":2,"k":3},"b":null,"a":7,"y":"\u0061"}"#
        let thing = try WireJSON.decode(Thing.self, from: Array(text.utf8))
        #expect(thing == Thing(a: 7, b: nil, c: ["n": 1, "m": 2, "k": 3]))
        #expect(try WireJSON.decode([String: Int].self, from: Array(#"{"\u0061":1,"b":2}"#.utf8)) == ["a": 1, "b": 2])
        let many = (0..<50_000).map { "\"\($0)\":\($0)" }.joined(separator: ",")
        #expect(try WireJSON.decode([String: Int].self, from: Array("{\(many)}".utf8)).count == 50_000)
    }

    @Test func errorsSayWhereTheyAre() throws {
        struct Thing: Decodable { var list: [Int8] }
        for (text, words) in [
            (#"{"list":[1,"x"]}"#, "a string, not a whole number at list.[1]"), (#"{"list":[1,200]}"#, "-128 and 127"),
            (#"{"list":null}"#, "null"), ("{}", "'list' is missing"), ("[]", "an array, not an object"),
        ] {
            let error = #expect(throws: DecodingError.self) { try WireJSON.decode(Thing.self, from: Array(text.utf8)) }
            let description = error.map { WireJSON.describe($0) } ?? ""
            #expect(description.contains(words), "\(description)")
        }
    }

    /// Pieces of JSON in every order, and bytes changed at random: an answer or a refusal, never anything else; what is read
    /// is written and read again as the same.
    @Test(arguments: 0..<20 as Range<UInt64>) func anythingIsReadOrRefused(seed: UInt64) {
        var random = SplitMix(state: seed)
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"\\u00e9\"", "\"\\", "1", "-1", "1e5", "0.5", "null", "true", " ",
            "\n",
            "99999999999999999999", "1e400", "\u{7f}", "é",
        ]
        for _ in 0..<2000 {
            var bytes = (0..<Int.random(in: 1...12, using: &random)).flatMap { _ in
                Array(pieces.randomElement(using: &random)!.utf8)
            }
            if Bool.random(using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let value = try? WireJSON.decode(JSONValue.self, from: bytes) else { continue }
            let again = try? WireJSON.decode(JSONValue.self, from: WireJSON.encode(value))
            #expect(again == value, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }
}

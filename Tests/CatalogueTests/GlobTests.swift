import Catalogue
import TestSupport
import Testing

/// What a glob matches, and that no glob takes long.
@Suite struct GlobTests {
    /// As a person would do it: every way to share out the text is tried.
    private func matches(_ pattern: ArraySlice<Unicode.Scalar>, _ text: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        let rest = pattern.dropFirst()
        switch first {
        case "*": return (0...text.count).contains { matches(rest, text.dropFirst($0)) }
        case "?": return !text.isEmpty && matches(rest, text.dropFirst())
        default: return text.first == first && matches(rest, text.dropFirst())
        }
    }

    @Test(arguments: 0..<10 as Range<UInt64>) func agreesWithTryingEverything(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let letters = Array("ab*?é".unicodeScalars)
        func text(_ letters: [Unicode.Scalar], _ length: ClosedRange<Int>) -> String {
            var text = ""
            for _ in 0..<Int.random(in: length, using: &random) {
                text.unicodeScalars.append(letters.randomElement(using: &random) ?? "a")
            }
            return text
        }
        for _ in 0..<2000 {
            let pattern = text(letters, 1...8), name = text(Array("abé".unicodeScalars), 1...8)
            guard pattern.contains(where: { "*?".contains($0) }), pattern != "**" else { continue }
            let expected = matches(Array(pattern.unicodeScalars)[...], Array(name.unicodeScalars)[...])
            #expect(try PathPattern("g/" + pattern).matches("g/" + name) == expected, "\(pattern) \(name)")
        }
    }

    /// Longer than a machine word, with the star at each place.
    @Test func longComponentsMatchAsShortOnes() throws {
        let name = String(repeating: "abcdefgh", count: 25)
        for place in 0..<200 {
            let start = name.prefix(place), end = name.dropFirst(place + 1)
            #expect(try PathPattern("g/\(start)*\(end)").matches("g/\(name)"))
            #expect(try PathPattern("g/\(start)?\(end)").matches("g/\(name)"))
            #expect(try !PathPattern("g/\(start)*\(end)x").matches("g/\(name)"))
            #expect(try PathPattern("g/\(start)[\(name.dropFirst(place).first ?? "a")]\(end)").matches("g/\(name)"))
        }
    }

    @Test(arguments: [
        ("g/[a-c]x", "g/bx", true), ("g/[a-c]x", "g/dx", false), ("g/[!a-c]x", "g/dx", true),
        ("g/[^a]x", "g/ax", false),
        ("g/[", "g/[", true), ("g/[]", "g/[]", true), ("g/*[", "g/ab[", true), ("g/[a-]", "g/-", true),
        ("g/[é-ü]", "g/ö", true), ("g/[é-ü]", "g/a", false), ("g/[!é]", "g/ö", true), ("g/?", "g/ö", true),
        ("g/?", "g/e\u{301}", false), ("g/??", "g/e\u{301}", true), ("g/e\u{301}*", "g/\u{e9}x", false),
        ("g/**/b", "g/b", true), ("g/**/b", "g/a/c/b", true), ("**", "g/a/b", true), ("g/*", "g/a/b", true),
        ("g/*/c", "g/a/b", false), ("*", "g/a", true), ("**/**/a", "g/a", true), ("g/[z-a]", "g/m", false),
    ])
    func setsAndComponents(pattern: String, path: String, expected: Bool) throws {
        #expect(try PathPattern(pattern).matches(path) == expected)
    }

    @Test(arguments: [
        ("g/{a,b}.txt", "g/a.txt", true), ("g/{a,b}.txt", "g/b.txt", true), ("g/{a,b}.txt", "g/c.txt", false),
        ("{f,g}/*", "g/x", true), ("g/{2024/a,2025/*}", "g/2025/z", true), ("g/{2024/a,2025/*}", "g/2024/b", false),
        ("g/x{,y}", "g/x", true), ("g/x{,y}", "g/xy", true), ("g/{a,{b,c}d}", "g/cd", true),
        ("g/{a,{b,c}d}", "g/b", false),
        ("g/{a}", "g/{a}", true), ("g/{a}", "g/a", false), ("g/{a,b", "g/{a,b", true), ("g/{a,b", "g/a", false),
        ("g/{a,b}", "g/{a,b}", true), ("g/{a,b}", "g/a/below", true), ("g/{[ab],c}?", "g/bx", true),
        ("g/{\u{e9},x}", "g/\u{e9}", true), ("g/{\u{e9},x}", "g/e\u{301}", false),
    ])
    func alternatives(pattern: String, path: String, expected: Bool) throws {
        #expect(try PathPattern(pattern).matches(path) == expected)
    }

    @Test("a pattern of very many alternatives is a name, and costs nothing") func manyAlternatives() throws {
        let few = try PathPattern("g/{a,b}{a,b}{a,b}{a,b}{a,b}"),
            many = try PathPattern("g/" + String(repeating: "{a,b}", count: 100))
        #expect(few.isGlob && few.matches("g/ababa") && few.literalPrefix == "g/")
        #expect(!many.isGlob && many.matches(many.text))
        #expect(throws: NameError.self) { try PathPattern("g/{,x}/y") }
    }

    @Test("a mark behind a slash hides no slash") func marks() throws {
        let pattern = try PathPattern("g/\u{301}*/x")
        #expect(pattern.matches("g/\u{301}a/x") && pattern.group == "g" && pattern.literalPrefix == "g/")
        #expect(try PathPattern("g/*").matches("g/\u{301}a"))
    }

    /// Patterns at which one that tries again and again would never end.
    @Test(.patient) func noPatternIsTriedAgain() throws {
        let path = "g/" + String(repeating: "a", count: 4000)
        for unit in ["*a", "*?", "*[a-z]", "*[!b]", "**a*", "*["] {
            let pattern = try PathPattern("g/" + String(repeating: unit, count: 1000 / unit.utf8.count) + "b")
            #expect(pattern.isGlob)
            for _ in 0..<100 { #expect(!pattern.matches(path)) }
        }
        let deep = "g/" + Array(repeating: "a", count: 2000).joined(separator: "/")
        let pattern = try PathPattern(Array(repeating: "**/*", count: 31).joined(separator: "/") + "/b")
        #expect(pattern.isGlob)
        for _ in 0..<100 { #expect(!pattern.matches(deep)) }
    }

    @Test func whatIsTooLongForAGlobIsAName() throws {
        let long = "g/" + String(repeating: "*a", count: 600)
        #expect(try !PathPattern(long).isGlob && PathPattern(long).matches(long))
        let deep = "g" + String(repeating: "/*", count: 70)
        #expect(try !PathPattern(deep).isGlob && PathPattern(deep).matches(deep))
    }
}

/// What `follow`, `list` and `watch` accept: a dataset, a group, a folder of a group, or a glob.
///
/// In a glob `*` and `?` match within a component, `**` matches any number of components, `[a-z]` one of a set. A name
/// that exists is taken literally before it is taken for a glob: `a[1].txt` may be a file.
public struct PathPattern: Hashable, Sendable, CustomStringConvertible {
    public let text: String
    /// What every path that it stands for begins with.
    public let literalPrefix: String
    /// The components, when it is a glob.
    private let glob: [[Character]]?

    public init(_ text: String) throws(NameError) {
        let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard !trimmed.isEmpty, trimmed.utf8.count <= 4096, !trimmed.utf8.contains(0) else {
            throw NameError(name: text, reason: "a pattern has between 1 and 4096 bytes, none of them zero")
        }
        let components = trimmed.split(separator: "/", omittingEmptySubsequences: false)
        guard components.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
            throw NameError(name: text, reason: "a pattern has no empty component and does not climb")
        }
        self.text = trimmed
        let isLiteral = { (component: Substring) in !component.utf8.contains { $0 == 42 || $0 == 63 || $0 == 91 } }
        if components.allSatisfy(isLiteral) {
            literalPrefix = trimmed
            glob = nil
        } else {
            literalPrefix = components.prefix(while: isLiteral).map { $0 + "/" }.joined()
            glob = components.map(Array.init)
        }
    }

    private init(literal text: String) {
        self.text = text
        literalPrefix = text
        glob = nil
    }

    /// The same text as a name, whatever characters it has: what stands for `a[1].txt` and not for `a1.txt`.
    public var literal: PathPattern { PathPattern(literal: text) }

    public var isGlob: Bool { glob != nil }
    /// The first component, which names the group unless it is a glob itself.
    public var group: String { String(text.prefix { $0 != "/" }) }
    public var description: String { text }

    // By bytes, as paths are.
    public static func == (a: PathPattern, b: PathPattern) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }
    public func hash(into hasher: inout Hasher) { for byte in text.utf8 { hasher.combine(byte) } }

    /// Whether the dataset is what the pattern names, or lies below it, or matches it as a glob.
    public func matches(_ path: String) -> Bool {
        if path.utf8.starts(with: text.utf8) {
            let rest = path.utf8.dropFirst(text.utf8.count)
            if rest.isEmpty || rest.first == UInt8(ascii: "/") { return true }
        }
        guard let glob, path.utf8.starts(with: literalPrefix.utf8) else { return false }
        return Self.match(glob, path.split(separator: "/").map(Array.init))
    }

    /// A glob that matches a folder matches all below it.
    ///
    /// One row of a table a pattern component: `reached[j]` says that the components so far match the first `j` of the
    /// path. So no pattern takes more than the product of the two lengths.
    private static func match(_ pattern: [[Character]], _ path: [[Character]]) -> Bool {
        var reached = Array(repeating: false, count: path.count + 1)
        reached[0] = true
        for component in pattern {
            if component == ["*", "*"] {
                for j in path.indices where reached[j] { reached[j + 1] = true }
            } else {
                for j in path.indices.reversed() { reached[j + 1] = reached[j] && matchComponent(component, path[j]) }
                reached[0] = false
            }
        }
        return reached.contains(true)
    }

    /// Linear in time times the number of stars: on a mismatch only the last star is tried again.
    private static func matchComponent(_ pattern: [Character], _ text: [Character]) -> Bool {
        var p = 0, t = 0
        var star = -1, mark = 0
        while t < text.count {
            if p < pattern.count, pattern[p] == "*" {
                star = p
                mark = t
                p += 1
            } else if p < pattern.count, let next = matchOne(pattern, p, text[t]) {
                p = next
                t += 1
            } else if star >= 0 {
                mark += 1
                t = mark
                p = star + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "*" }
    }

    /// The index behind the element at `index`, if that matches `character`.
    private static func matchOne(_ pattern: [Character], _ index: Int, _ character: Character) -> Int? {
        if pattern[index] == "?" { return index + 1 }
        guard pattern[index] == "[", let close = pattern[(index + 1)...].firstIndex(of: "]"), close > index + 1 else {
            return pattern[index] == character ? index + 1 : nil
        }
        var set = pattern[(index + 1)..<close]
        let negated = set.first == "!" || set.first == "^"
        if negated { set = set.dropFirst() }
        var found = false
        var i = set.startIndex
        while i < set.endIndex {
            if i + 2 < set.endIndex, set[i + 1] == "-" {
                found = found || (set[i] <= character && character <= set[i + 2])
                i += 3
            } else {
                found = found || set[i] == character
                i += 1
            }
        }
        return found != negated ? close + 1 : nil
    }
}

/// What `follow`, `list` and `watch` accept: a dataset, a group, a folder of a group, or a glob.
///
/// In a glob `*` and `?` match within a component, `**` matches any number of components, `[a-z]` one of a set. A name
/// that exists is taken literally before it is taken for a glob: `a[1].txt` may be a file.
public struct PathPattern: Hashable, Sendable, CustomStringConvertible {
    public let text: String
    private let components: [Substring]

    public init(_ text: String) throws(NameError) {
        let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard !trimmed.isEmpty, trimmed.utf8.count <= 4096, !trimmed.utf8.contains(0) else {
            throw NameError(name: text, reason: "a pattern has between 1 and 4096 bytes, none of them zero")
        }
        components = trimmed.split(separator: "/", omittingEmptySubsequences: false)
        guard components.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
            throw NameError(name: text, reason: "a pattern has no empty component and does not climb")
        }
        self.text = trimmed
    }

    public var isGlob: Bool { text.utf8.contains { $0 == 42 || $0 == 63 || $0 == 91 } }
    /// The first component, which names the group unless it is a glob itself.
    public var group: String { String(components[0]) }
    public var description: String { text }

    /// Whether the dataset is what the pattern names, or lies below it, or matches it as a glob.
    public func matches(_ path: String) -> Bool {
        if path == text || path.utf8.starts(with: (text + "/").utf8) { return true }
        guard isGlob else { return false }
        return Self.match(components[...], path.split(separator: "/", omittingEmptySubsequences: false)[...])
    }

    /// A glob that matches a folder matches all below it.
    private static func match(_ pattern: ArraySlice<Substring>, _ path: ArraySlice<Substring>) -> Bool {
        guard let first = pattern.first else { return true }
        if first == "**" {
            let rest = pattern.dropFirst()
            // Collapsing a run of "**" keeps the work polynomial.
            if rest.first == "**" { return match(rest, path) }
            return (path.startIndex...path.endIndex).contains { match(rest, path[$0...]) }
        }
        guard let component = path.first else { return false }
        return matchComponent(Array(first), Array(component)) && match(pattern.dropFirst(), path.dropFirst())
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

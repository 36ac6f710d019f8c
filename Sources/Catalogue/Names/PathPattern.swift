/// What `follow`, `list` and `watch` accept: a dataset, a group, a folder of a group, or a glob.
///
/// In a glob `*` and `?` match within a component, `**` matches any number of components, `[a-z]` one of a set, `{a,b}` what
/// stands between the commas. A name that exists is taken literally before it is taken for a glob: `a[1].txt` may be a file.
/// Globs have up to 1,024 bytes, and 32 alternatives.
public struct PathPattern: Hashable, Sendable, CustomStringConvertible {
    public let text: String
    /// What every path that it stands for begins with.
    public let literalPrefix: String
    /// The alternatives, when it is a glob.
    private let globs: [Glob]

    public init(_ text: String) throws(NameError) {
        // By bytes throughout: a mark behind a slash makes them one `Character`.
        let slash = UInt8(ascii: "/")
        let trimmed = text.utf8.last == slash ? String(decoding: text.utf8.dropLast(), as: UTF8.self) : text
        guard !trimmed.isEmpty, trimmed.utf8.count <= 4096, !trimmed.utf8.contains(0) else {
            throw NameError(name: text, reason: "a pattern has between 1 and 4096 bytes, none of them zero")
        }
        let components = try Self.components(of: trimmed)
        self.text = trimmed
        globs = try Self.globs(of: trimmed, components)
        literalPrefix =
            globs.isEmpty
            ? trimmed : components.prefix { !Self.hasSign($0, "*?[{") }.map { $0 + "/" }.joined()
    }

    private static func components(of text: String) throws(NameError) -> [Substring] {
        let components = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
            Substring($0)
        }
        guard components.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
            throw NameError(name: text, reason: "a pattern has no empty component and does not climb")
        }
        return components
    }

    /// None for a name, and for what is too long or too much for a glob.
    private static func globs(of text: String, _ components: [Substring]) throws(NameError) -> [Glob] {
        guard components.contains(where: { hasSign($0, "*?[{") }), text.utf8.count <= Glob.lengthLimit,
            let alternatives = Braces.alternatives(of: text)
        else { return [] }
        if alternatives.count == 1, !components.contains(where: { hasSign($0, "*?[") }) { return [] }
        var globs: [Glob] = []
        for alternative in alternatives {
            guard let glob = Glob(try Self.components(of: alternative)) else { return [] }
            globs.append(glob)
        }
        return globs
    }

    private static func hasSign(_ component: Substring, _ signs: String) -> Bool {
        component.utf8.contains { signs.utf8.contains($0) }
    }

    private init(literal text: String) {
        self.text = text
        literalPrefix = text
        globs = []
    }

    /// The same text as a name, whatever characters it has: what stands for `a[1].txt` and not for `a1.txt`.
    public var literal: PathPattern { PathPattern(literal: text) }

    public var isGlob: Bool { !globs.isEmpty }
    /// The first component, which names the group unless it is a glob itself.
    public var group: String { String(decoding: text.utf8.prefix { $0 != UInt8(ascii: "/") }, as: UTF8.self) }
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
        guard !globs.isEmpty, path.utf8.starts(with: literalPrefix.utf8) else { return false }
        return globs.contains { $0.matches(path) }
    }
}

/// What `follow`, `list` and `watch` accept: a dataset, a group, a folder of a group, or a glob.
///
/// In a glob `*` and `?` match within a component, `**` matches any number of components, `[a-z]` one of a set. A name
/// that exists is taken literally before it is taken for a glob: `a[1].txt` may be a file. Globs have up to 1,024 bytes.
public struct PathPattern: Hashable, Sendable, CustomStringConvertible {
    public let text: String
    /// What every path that it stands for begins with.
    public let literalPrefix: String
    /// The components, when it is a glob.
    private let glob: Glob?

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
            glob = Glob(components)
            literalPrefix =
                glob == nil ? trimmed : components.prefix(while: isLiteral).map { $0 + "/" }.joined()
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
        return glob.matches(path)
    }
}

/// The place of a file or folder below the published folder; "" is that folder itself.
///
/// Compared by bytes: for `String`, the composed and the decomposed spelling of "é" are equal; as names they are two.
struct RelativePath: Hashable, Comparable, Sendable, CustomStringConvertible {
    let text: String

    static let root = RelativePath("")

    init(_ text: String) { self.text = text }

    func appending(_ name: String) -> RelativePath { RelativePath(text.isEmpty ? name : text + "/" + name) }

    /// The folder that holds it; the root's is the root.
    var parent: RelativePath {
        guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return .root }
        return RelativePath(String(text[..<slash]))
    }

    /// The last component.
    var name: Substring {
        guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return text[...] }
        return text[text.utf8.index(after: slash)...]
    }

    var components: [Substring] {
        text.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }
    }

    /// Whether it is `folder` or lies below it.
    func isInside(_ folder: RelativePath) -> Bool {
        let length = folder.text.utf8.count
        if length == 0 { return true }
        guard text.utf8.starts(with: folder.text.utf8) else { return false }
        return text.utf8.count == length || text.utf8.dropFirst(length).first == UInt8(ascii: "/")
    }

    var description: String { text }

    static func == (a: RelativePath, b: RelativePath) -> Bool {
        a.text.utf8.count == b.text.utf8.count && a.text.utf8.elementsEqual(b.text.utf8)
    }
    static func < (a: RelativePath, b: RelativePath) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }
    // Strings that are equal by bytes have equal hashes.
    func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// The path of a dataset: its group, then its place in the group, as in `foo/dir/precip.b2nd`.
///
/// Safe to append to a folder: no component is empty, "." or "..".
public struct DatasetPath: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let text: String
    private let groupLength: Int

    public init(_ text: String) throws(NameError) {
        let refuse = { (reason: String) in NameError(name: text, reason: reason) }
        let bytes = text.utf8
        if bytes.count > 4096 { throw refuse("a path has at most 4096 bytes") }
        if bytes.contains(0) { throw refuse("a path has no zero byte") }
        let components = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if components.count < 2 { throw refuse("a path is GROUP/NAME") }
        for component in components {
            if component.isEmpty { throw refuse("a path has no empty component") }
            if component.count > 255 { throw refuse("a path's component has at most 255 bytes") }
            if component.elementsEqual(".".utf8) || component.elementsEqual("..".utf8) {
                throw refuse("a path does not climb")
            }
        }
        _ = try GroupName(String(Substring(components[0])))
        self.text = text
        groupLength = components[0].count
    }

    public init(group: GroupName, relative: String) throws(NameError) { try self.init("\(group.text)/\(relative)") }

    public var group: String { String(decoding: text.utf8.prefix(groupLength), as: UTF8.self) }
    /// The path inside the group's folder.
    public var relative: String { String(decoding: text.utf8.dropFirst(groupLength + 1), as: UTF8.self) }
    /// The last component.
    public var name: String {
        let start = text.utf8.lastIndex(of: UInt8(ascii: "/")).map(text.utf8.index(after:)) ?? text.startIndex
        return String(text[start...])
    }

    public var description: String { text }
    // By bytes: for `String`, the composed and the decomposed spelling of "é" are equal; as file names they are two.
    public static func < (a: DatasetPath, b: DatasetPath) -> Bool {
        a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
    }
    public static func == (a: DatasetPath, b: DatasetPath) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }
    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension DatasetPath: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// The path of a dataset: its group, then its place in the group, as in `foo/dir/precip.b2nd`.
///
/// Safe to append to a folder: no component is empty, "." or "..".
public struct DatasetPath: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let text: String
    private let groupLength: Int

    public init(_ text: String) throws(NameError) {
        if text.utf8.count > 4096 { throw NameError(name: text, reason: "a path has at most 4096 bytes") }
        // One walk over the bytes: a catalogue of a million paths is read at each start.
        var groupLength: Int?
        var length = 0, dots = 0
        for byte in text.utf8 {
            switch byte {
            case 0: throw NameError(name: text, reason: "a path has no zero byte")
            case UInt8(ascii: "/"):
                try Self.checkComponent(of: text, length, dots)
                groupLength = groupLength ?? length
                (length, dots) = (0, 0)
            default:
                length += 1
                if byte == UInt8(ascii: ".") { dots += 1 }
            }
        }
        guard let groupLength else { throw NameError(name: text, reason: "a path is GROUP/NAME") }
        try Self.checkComponent(of: text, length, dots)
        _ = try GroupName(String(decoding: text.utf8.prefix(groupLength), as: UTF8.self))
        self.text = text
        self.groupLength = groupLength
    }

    private static func checkComponent(of text: String, _ length: Int, _ dots: Int) throws(NameError) {
        if length == 0 { throw NameError(name: text, reason: "a path has no empty component") }
        if length > 255 { throw NameError(name: text, reason: "a path's component has at most 255 bytes") }
        if length == dots, dots <= 2 { throw NameError(name: text, reason: "a path does not climb") }
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
    // By bytes, as all names: see ``ExactText``.
    public static func < (a: DatasetPath, b: DatasetPath) -> Bool { a.text.precedesByBytes(b.text) }
    public static func == (a: DatasetPath, b: DatasetPath) -> Bool { a.text.hasBytes(of: b.text) }
    public func hash(into hasher: inout Hasher) { text.hashBytes(into: &hasher) }
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

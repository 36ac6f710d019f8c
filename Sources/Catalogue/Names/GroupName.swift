/// The name of a group: up to 128 bytes of UTF-8 without "/" and control characters, not starting with ".".
public struct GroupName: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let text: String

    public init(_ text: String) throws(NameError) {
        let refuse = { (reason: String) in NameError(name: text, reason: reason) }
        if text.isEmpty { throw refuse("a group's name is not empty") }
        if text.utf8.count > 128 { throw refuse("a group's name has at most 128 bytes") }
        if text.utf8.first == UInt8(ascii: ".") { throw refuse("a group's name does not start with a dot") }
        if text.utf8.contains(where: { $0 < 32 || $0 == 127 || $0 == UInt8(ascii: "/") }) {
            throw refuse("a group's name has neither slashes nor control characters")
        }
        self.text = text
    }

    public var description: String { text }
    // By bytes, as all names: see ``ExactText``.
    public static func < (a: GroupName, b: GroupName) -> Bool { a.text.precedesByBytes(b.text) }
    public static func == (a: GroupName, b: GroupName) -> Bool { a.text.hasBytes(of: b.text) }
    public func hash(into hasher: inout Hasher) { text.hashBytes(into: &hasher) }
}

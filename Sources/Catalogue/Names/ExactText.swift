/// A text that is equal to another when its bytes are, and sorted by them: the names of files, groups and attributes.
///
/// For `String` the composed and the decomposed spelling of "é" are equal; as names they are two. What is kept by name is kept
/// by this, or by ``DatasetPath``, or it is lost when the other comes.
public struct ExactText: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String

    public init(_ text: String) { self.text = text }

    public var description: String { text }

    public static func == (a: ExactText, b: ExactText) -> Bool { a.text.hasBytes(of: b.text) }
    public static func < (a: ExactText, b: ExactText) -> Bool { a.text.precedesByBytes(b.text) }
    public func hash(into hasher: inout Hasher) { text.hashBytes(into: &hasher) }
}

extension ExactText: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self.init(text) }
}

extension String {
    /// Whether it is the same name.
    public func hasBytes(of other: String) -> Bool {
        utf8.count == other.utf8.count && withBytes { a in other.withBytes { b in unsafe a.elementsEqual(b) } }
    }

    /// Whether it comes first in the order of bytes, which is that of all lists of names.
    public func precedesByBytes(_ other: String) -> Bool {
        withBytes { a in other.withBytes { b in unsafe a.lexicographicallyPrecedes(b) } }
    }

    func hashBytes(into hasher: inout Hasher) {
        withBytes { bytes in unsafe hasher.combine(bytes: UnsafeRawBufferPointer(bytes)) }
    }

    /// The bytes where they are: tables of paths are looked into all the time.
    private func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        if let result = unsafe utf8.withContiguousStorageIfAvailable(body) { return result }
        var copy = self
        return copy.withUTF8(body)
    }
}

/// The identity of a representation, as in `"abc"`, or `W/"abc"` when equal tags do not mean equal bytes
/// (RFC 9110, section 8.8.3).
public struct EntityTag: Hashable, Sendable, CustomStringConvertible {
    public let isWeak: Bool
    /// Without the quotes.
    public let value: String

    /// A strong tag.
    public init(_ value: String) {
        self.value = value
        isWeak = false
    }

    /// `nil` unless `text` is exactly one tag, quotes and all.
    public init?(parsing text: String) {
        guard case .tags(let tags)? = TagList(text), tags.count == 1 else { return nil }
        self = tags[0]
    }

    fileprivate init(value: String, isWeak: Bool) {
        self.value = value
        self.isWeak = isWeak
    }

    public var description: String { (isWeak ? "W/\"" : "\"") + value + "\"" }

    /// Whether an `If-None-Match` header has this tag: weak comparison, so a cache need not fetch again.
    public func satisfiesNone(ofHeader header: String) -> Bool {
        switch TagList(header) {
        case .any: false
        case .tags(let tags): !tags.contains { $0.value == value }
        case nil: true
        }
    }

    /// Whether an `If-Match` or `If-Range` header has this tag: strong comparison, so bytes can be put together.
    public func matches(_ header: String, allowingAny: Bool = true) -> Bool {
        switch TagList(header) {
        case .any: allowingAny
        case .tags(let tags): !isWeak && tags.contains { !$0.isWeak && $0.value == value }
        case nil: false
        }
    }
}

/// The value of a header that lists tags.
private enum TagList {
    case any
    case tags([EntityTag])

    /// `nil` when it is malformed.
    init?(_ header: String) {
        var rest = header.utf8[...]
        Self.skip(&rest, " \t,")
        if rest.elementsEqual("*".utf8) {
            self = .any
            return
        }
        var tags: [EntityTag] = []
        while !rest.isEmpty {
            let isWeak = rest.starts(with: "W/".utf8)
            if isWeak { rest = rest.dropFirst(2) }
            guard rest.popFirst() == UInt8(ascii: "\""), let end = rest.firstIndex(of: UInt8(ascii: "\"")) else {
                return nil
            }
            tags.append(EntityTag(value: String(rest[..<end]) ?? "", isWeak: isWeak))
            rest = rest[rest.index(after: end)...]
            let before = rest.count
            Self.skip(&rest, " \t,")
            guard rest.isEmpty || rest.count < before else { return nil }
        }
        guard !tags.isEmpty else { return nil }
        self = .tags(tags)
    }

    private static func skip(_ text: inout Substring.UTF8View, _ bytes: String) {
        text = text.drop { bytes.utf8.contains($0) }
    }
}

public import Digests

/// The name of one immutable content: the root of its digest tree. Same bytes, same version, on any host.
public struct Version: Hashable, Sendable, Codable, CustomStringConvertible {
    public let digest: Digest

    public init(_ digest: Digest) { self.digest = digest }

    /// From 64 hexadecimal digits.
    public init?(_ text: some StringProtocol) {
        guard let digest = Digest(text) else { return nil }
        self.digest = digest
    }

    /// From 64 hexadecimal digits, where they are.
    public init?(hexadecimal digits: RawSpan) {
        guard let digest = Digest(hexadecimal: digits) else { return nil }
        self.digest = digest
    }

    public init(from decoder: any Decoder) throws { digest = try Digest(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try digest.encode(to: encoder) }

    public var description: String { digest.description }
    /// The first digits, for people.
    public var short: String { String(description.prefix(12)) }
}

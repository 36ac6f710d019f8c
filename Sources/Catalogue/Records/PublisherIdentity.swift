internal import Digests

/// Who a publisher is: a secret that it keeps, and the public name that follows from it.
public struct PublisherIdentity: Hashable, Sendable {
    /// 64 hexadecimal digits; whoever has them can speak for the publisher.
    public let secret: String
    /// 32 hexadecimal digits.
    public let publicName: String

    public init?(secret: String) {
        guard let digest = Digest(secret) else { return nil }
        self.secret = secret
        let hasher = SHA256()
        hasher.update(Array("bpubsub publisher\n".utf8))
        hasher.update(digest)
        publicName = String(hasher.finish().description.prefix(32))
    }

    /// A new one, from the system's random numbers.
    public static func random() -> PublisherIdentity {
        let secret = SecureRandom.hexadecimal(bytes: 32)
        guard let identity = PublisherIdentity(secret: secret) else { preconditionFailure("64 digits are a secret") }
        return identity
    }
}

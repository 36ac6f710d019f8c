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

/// Random numbers that cannot be guessed.
public enum SecureRandom {
    public static func hexadecimal(bytes count: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        var text = ""
        for _ in 0..<count {
            let byte = UInt8.random(in: 0...255, using: &generator)
            text += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        return text
    }
}

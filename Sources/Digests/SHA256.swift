internal import COpenSSL

/// SHA-256 (FIPS 180-4) over pieces, by OpenSSL.
public struct SHA256: ~Copyable {
    /// Looked up once: the lookup by name costs more than the digest of a small input.
    // Safe to share: an algorithm object of OpenSSL is immutable and counted atomically; this one is never freed.
    nonisolated(unsafe) private static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)

    private let context: OpaquePointer

    public init() {
        // OpenSSL fails here only without memory, where Swift itself traps.
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex2(context, Self.algorithm, nil) == 1 else {
            preconditionFailure("OpenSSL offers no SHA-256")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    public func update(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    }

    public func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    }

    public func update(_ byte: UInt8) { withUnsafeBytes(of: byte) { _ = EVP_DigestUpdate(context, $0.baseAddress, 1) } }

    public func update(_ digest: Digest) {
        let words = (
            digest.words.0.bigEndian, digest.words.1.bigEndian, digest.words.2.bigEndian, digest.words.3.bigEndian
        )
        withUnsafeBytes(of: words) { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    }

    public func update(littleEndian value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { _ = EVP_DigestUpdate(context, $0.baseAddress, 8) }
    }

    /// The digest of all that was added; the hasher starts anew.
    public func finish() -> Digest {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) {
            _ = EVP_DigestFinal_ex(context, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), nil)
        }
        _ = EVP_DigestInit_ex2(context, Self.algorithm, nil)
        return Digest((words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian))
    }
}

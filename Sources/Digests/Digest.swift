/// 32 bytes of SHA-256.
public struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    // Four words rather than an array: no allocation, and comparisons of registers.
    @usableFromInline let words: (UInt64, UInt64, UInt64, UInt64)

    public static let byteCount = 32

    init(_ words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// From exactly 32 bytes.
    @inlinable public init?(bytes: some Collection<UInt8>) { self.init(Array(bytes).span.bytes) }

    /// From exactly 32 bytes.
    public init?(_ bytes: RawSpan) {
        guard bytes.byteCount == Self.byteCount else { return nil }
        // Inside the bytes, as has just been seen.
        func word(_ offset: Int) -> UInt64 {
            UInt64(bigEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        self.init((word(0), word(8), word(16), word(24)))
    }

    /// From 64 lower-case hexadecimal digits.
    @inlinable public init?(_ text: some StringProtocol) {
        let text = String(text)
        self.init(hexadecimal: text.utf8Span.span.bytes)
    }

    /// From 64 lower-case hexadecimal digits.
    public init?(hexadecimal digits: RawSpan) {
        guard digits.byteCount == 2 * Self.byteCount else { return nil }
        func word(_ offset: Int) -> UInt64? {
            var word: UInt64 = 0
            for index in offset..<offset + 16 {
                // Inside the digits, as has just been seen.
                switch unsafe digits.unsafeLoad(fromByteOffset: index, as: UInt8.self) {
                case let digit where 48...57 ~= digit: word = word << 4 | UInt64(digit - 48)
                case let digit where 97...102 ~= digit: word = word << 4 | UInt64(digit - 87)
                default: return nil
                }
            }
            return word
        }
        guard let first = word(0), let second = word(16), let third = word(32), let fourth = word(48) else {
            return nil
        }
        self.init((first, second, third, fourth))
    }

    public var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(Self.byteCount)
        append(to: &result)
        return result
    }

    package func append(to bytes: inout [UInt8]) {
        for word in [words.0, words.1, words.2, words.3] {
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
    }

    /// 64 lower-case hexadecimal digits.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: 64) { target in
            var index = 0
            for word in [words.0, words.1, words.2, words.3] {
                for shift in stride(from: 60, through: 0, by: -4) {
                    target[index] = digits[Int(word >> shift & 15)]
                    index += 1
                }
            }
            return 64
        }
    }

    @inlinable public static func == (a: Digest, b: Digest) -> Bool { a.words == b.words }
    @inlinable public static func < (a: Digest, b: Digest) -> Bool { a.words < b.words }
    // All of it, although a digest is uniform: who announces a version may call it what they like, and many that share a
    // word would make every table slow.
    @inlinable public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}

extension Digest: Codable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let digest = Digest(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a digest is 64 hexadecimal digits"))
        }
        self = digest
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

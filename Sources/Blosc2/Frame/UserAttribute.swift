internal import Arrays
internal import Platform

/// A name and a value that users gave a frame (its `vlmeta`).
public struct UserAttribute: Sendable, Hashable {
    private static let maximumTrailerLength: Int64 = 1 << 24
    private static let maximumCount = 8 * 1024

    public let name: String
    public let value: MessagePackValue

    public init(name: String, value: MessagePackValue) {
        self.name = name
        self.value = value
    }

    /// Those in the trailer of a frame, until they fill `limit` bytes, and how many were left out.
    static func read(
        _ source: some ByteSource, _ trailer: Range<Int64>, limit: Int
    ) throws(ArrayError) -> (attributes: [UserAttribute], omitted: Int) {
        guard trailer.upperBound - trailer.lowerBound <= maximumTrailerLength else { return ([], 1) }
        let bytes = try source.bytes(trailer, of: "frame trailer")
        // The first betas wrote another trailer, without attributes.
        guard bytes.withBytes({ $0.byte(1) }) != 0 else { return ([], 0) }
        return try bytes.withBytes { bytes throws(ArrayError) in
            let layers = try Metalayers(bytes, at: 2, limit: maximumCount, of: "user attributes")
            var attributes: [UserAttribute] = []
            var left = limit
            var omitted = 0
            for (name, range) in layers.entries {
                let chunk = SharedBytes(bytes.copy(range.lowerBound, count: range.count) ?? [])
                guard let content = try content(chunk, limit: left, of: "user attribute '\(name)'") else {
                    omitted += 1
                    continue
                }
                left -= content.count
                let value = MessagePackValue(decoding: content) ?? .binary(content.array)
                attributes.append(UserAttribute(name: name, value: value))
            }
            return (attributes, omitted)
        }
    }

    /// Nil when there is more than `limit`.
    private static func content(
        _ chunk: SharedBytes, limit: Int, of part: String
    ) throws(ArrayError) -> SharedBytes? {
        do {
            return try Decompression.decompress(chunk, limit: limit, of: part)
        } catch  where error.code == .tooLarge {
            return nil
        }
    }
}

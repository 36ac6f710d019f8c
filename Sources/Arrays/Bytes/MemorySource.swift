public import Platform

/// Bytes that are in memory already.
public struct MemorySource: ByteSource, Sendable {
    private let bytes: SharedBytes

    public init(_ bytes: SharedBytes) { self.bytes = bytes }

    public init(_ bytes: [UInt8]) { self.bytes = SharedBytes(bytes) }

    public var size: Int64 { Int64(bytes.count) }

    public func read(at offset: Int64, count: Int) -> SharedBytes {
        let start = Int(min(max(offset, 0), size))
        let end = start + min(max(count, 0), bytes.count - start)
        return withExtendedLifetime(bytes) { SharedBytes(UnsafeRawBufferPointer(rebasing: bytes.pointer[start..<end])) }
    }
}

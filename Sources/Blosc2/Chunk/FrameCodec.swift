/// How an answer is compressed. Clients read any.
public struct FrameCodec: Sendable, Hashable {
    /// C-Blosc2's number: 0 blosclz, 1 lz4, 4 zlib, 5 zstd.
    public var codec: UInt8
    /// 0 to 9; 0 stores.
    public var level: UInt8

    public init(codec: UInt8, level: UInt8) {
        self.codec = codec
        self.level = min(level, 9)
    }

    /// LZ4 at level 1: takes about as long as the network saves.
    public static let fast = FrameCodec(codec: 1, level: 1)
    public static let stored = FrameCodec(codec: 1, level: 0)
    public static let small = FrameCodec(codec: 5, level: 5)
}

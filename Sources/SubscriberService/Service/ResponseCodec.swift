import Blosc2

/// How answers that are made of parts of arrays are compressed. Clients read any of them.
public enum ResponseCodec: String, Sendable, CaseIterable {
    /// For local networks: as quick as copying.
    case lz4
    /// For slow links.
    case zstd
    case none

    var frameCodec: FrameCodec {
        switch self {
        case .lz4: .fast
        case .zstd: .small
        case .none: .stored
        }
    }
}

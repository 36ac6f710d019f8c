import Catalogue
import Platform

/// What goes when more is held than may be: the least recently used first; no I/O.
struct RoomPlan {
    struct Candidate: Sendable {
        let version: Version
        /// `nil` for the mirror as a whole.
        let chunk: Int?
        let used: UseTime
        let bytes: Int64
    }

    /// What of a mirror goes.
    enum Choice: Equatable {
        case chunks([Int])
        /// So many bytes, or all.
        case bytes(Int64)
    }

    private(set) var choices: [Version: Choice] = [:]

    /// - Parameter excess: bytes that have to go, at least.
    init(_ candidates: [Candidate], excess: Int64) {
        var left = excess
        for candidate in candidates.sorted(by: { $0.used < $1.used }) {
            guard left > 0 else { return }
            if let chunk = candidate.chunk {
                choices[candidate.version] = .chunks(chunks(of: candidate.version) + [chunk])
            } else {
                choices[candidate.version] = .bytes(left)
            }
            left = left -| candidate.bytes
        }
    }

    private mutating func chunks(of version: Version) -> [Int] {
        // Taken out, so that it is not copied for each chunk.
        if case .chunks(let chunks) = choices.removeValue(forKey: version) { chunks } else { [] }
    }

    static func leastRecentlyUsed(_ chunks: [(chunk: Int, used: UseTime, bytes: Int64)], _ bytes: Int64) -> [Int] {
        var left = bytes
        return chunks.sorted { $0.used < $1.used }.prefix { chunk in
            defer { left = left -| chunk.bytes }
            return left > 0
        }.map(\.chunk)
    }
}

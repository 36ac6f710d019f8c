import Catalogue
import Platform
import Synchronization
import Wire

/// What following takes.
extension MirrorKeeper {
    /// What it takes to hold all of what the patterns stand for now. Blocks; cost: a look at each dataset.
    func estimate(_ patterns: [PathPattern]) -> FollowEstimate {
        var result = FollowEstimate()
        var versions: Set<Version> = []
        for pattern in patterns {
            for path in copy.paths(matching: pattern) {
                guard let entry = copy.entry(path), versions.insert(entry.version).inserted else { continue }
                result.add(entry.size, held: library.summary(entry.version)?.held ?? 0)
            }
        }
        result.disk = result.fetch
        var whole = followed
        whole.follow(patterns, .init())
        let kept = kept(whole)
        result.kept = kept.size
        if links.kind.withLock({ $0 }) == .copy {
            // Files for other programs take their size once more.
            result.disk = result.disk +| result.bytes
            result.kept = result.kept +| result.kept
        }
        result.limit = library.limit
        if let free = try? FileSystem.freeBytes(at: library.folder) {
            result.free = free +| max(library.totals.held - kept.held, 0)
        }
        result.judge()
        return result
    }

    /// Bytes of the current versions of what is followed as a whole, and those of them that are held.
    func kept(_ followed: FollowedPatterns) -> (size: Int64, held: Int64) {
        guard followed.fetchesAny else { return (0, 0) }
        var versions: Set<Version> = []
        var size: Int64 = 0, held: Int64 = 0
        for path in copy.paths where followed.fetch(path) {
            guard let entry = copy.entry(path), versions.insert(entry.version).inserted else { continue }
            size = size +| entry.size
            held = held +| (library.summary(entry.version)?.held ?? 0)
        }
        return (size, held)
    }
}

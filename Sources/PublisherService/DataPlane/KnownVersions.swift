internal import Blosc2
internal import Catalogue
internal import Platform
internal import Synchronization

/// What is needed to find blocks in the versions that were asked for last: to decode it for each request would cost more than
/// the blocks where there are many chunks.
///
/// All of it follows from a version's bytes, and so is right for ever.
final class KnownVersions: Sendable {
    struct Known: Sendable {
        let manifest: Manifest
        /// Of a frame, as soon as somebody has asked by the array's numbers.
        var layout: FrameLayout?

        /// Chunks, about, that are in memory.
        fileprivate var cost: Int { 100 + manifest.chunks.count + (layout?.chunks.count ?? 0) }
    }

    private let known: Locked<RecentCache<Version, Known>>

    /// - Parameter costLimit: of all together in chunks; some 20 MB. The one that was used last is kept whatever it costs.
    init(costLimit: Int = 1 << 19) { known = Locked(RecentCache(costLimit: costLimit)) }

    /// - Parameter make: called when the version is not known.
    func known(_ version: Version, make: () throws -> Manifest) rethrows -> Known {
        if let known = known.withLock({ $0.use(version) }) { return known }
        let known = Known(manifest: try make())
        put(known)
        return known
    }

    /// Takes the place of what was known of the version.
    func put(_ version: Known) {
        known.withLock { $0.keep(version, for: version.manifest.version, cost: version.cost) }
    }
}

import Catalogue
import Platform

/// What is known of each mirror, and which are open; no I/O.
struct MirrorTable {
    /// Mirrors that stay open without being used.
    private let idleLimit: Int
    /// Chunks that the manifests of open mirrors may have before those that nobody uses are closed.
    static let chunkLimit = 1 << 20

    /// What the index knows.
    private(set) var summaries: [Version: MirrorIndex.Summary]
    /// Mirrors whose file is not what the index remembers.
    private(set) var doubtful: Set<Version> = []
    /// Mirrors with chunks that the index does not know yet.
    var unsaved: Set<Version> = []
    private var open: [Version: Mirror] = [:]
    private var chunkCount = 0
    /// Bytes held of all, as the index knows.
    var heldBytes: Int64 { held.value }
    private var held: Tally

    init(summaries: [Version: MirrorIndex.Summary], idleLimit: Int = 64) {
        self.idleLimit = idleLimit
        self.summaries = summaries
        held = Tally(summaries.values.lazy.map(\.held))
    }

    private mutating func set(_ version: Version, _ summary: MirrorIndex.Summary?) {
        held.add(summary?.held ?? 0)
        held.subtract(summaries[version]?.held ?? 0)
        summaries[version] = summary
    }

    /// The mirror of a version, if it is open.
    subscript(version: Version) -> Mirror? { open[version] }

    /// The file has to be read before it is believed.
    mutating func doubt(_ version: Version) {
        doubtful.insert(version)
        summaries[version]?.isComplete = false
    }

    mutating func opened(_ mirror: Mirror) {
        open[mirror.version] = mirror
        chunkCount += mirror.manifest.chunks.count
        doubtful.remove(mirror.version)
        let file = mirror.trusted
        set(
            mirror.version,
            .init(
                size: mirror.manifest.size, held: mirror.heldBytes, isComplete: mirror.isComplete,
                stamp: file?.modified ?? 0, changed: file?.changed ?? 0, used: mirror.used))
    }

    mutating func saved(_ version: Version, _ summary: MirrorIndex.Summary) {
        if summaries[version] != nil { set(version, summary) }
    }

    /// The index knows the file by other times.
    mutating func stamped(_ version: Version, _ identity: FileIdentity) {
        summaries[version]?.stamp = identity.modified
        summaries[version]?.changed = identity.changed
    }

    /// Open mirrors that have been used since the index was told when.
    mutating func takeUsed() -> [(version: Version, time: UseTime)] {
        var result: [(version: Version, time: UseTime)] = []
        for (version, mirror) in open where summaries[version].map({ $0.used < mirror.used }) == true {
            summaries[version]?.used = mirror.used
            result.append((version, mirror.used))
        }
        return result
    }

    /// - Parameter needed: the others are about to be removed, and nothing is written down of them until they are needed again.
    mutating func takeUnsaved(_ needed: Set<Version>) -> [Mirror] {
        unsaved.subtract(needed)
        return needed.compactMap { open[$0] }
    }

    /// - Parameter isShort: there are too few descriptors for those that are open.
    mutating func closeIdle(isShort: Bool) {
        guard isShort || open.count > idleLimit || chunkCount > Self.chunkLimit else { return }
        for version in Array(open.keys) { _ = close(version) }
    }

    /// Closes a mirror that nobody has, not even a reference through which somebody might begin to use it.
    ///
    /// - Parameter isUnwanted: what the index does not know yet need not be written down.
    /// - Returns: whether it is closed now.
    mutating func close(_ version: Version, isUnwanted: Bool = false) -> Bool {
        guard let isIdle = open[version]?.isIdle else { return true }
        guard isIdle, isUnwanted || !unsaved.contains(version), isKnownUniquelyReferenced(&open[version]) else {
            return false
        }
        letGo(version)
        return true
    }

    /// Whoever has the mirror keeps it, and its file; nobody comes by it any more.
    mutating func letGo(_ version: Version) {
        guard let mirror = open.removeValue(forKey: version) else { return }
        chunkCount -= mirror.manifest.chunks.count
        let used = mirror.used
        summaries[version]?.used = used
    }

    /// Another file has taken the place of the mirror's, which is closed.
    mutating func replaced(_ version: Version, held: Int64, isComplete: Bool) {
        guard var summary = summaries[version] else { return }
        (summary.held, summary.isComplete) = (held, isComplete)
        set(version, summary)
        unsaved.remove(version)
        doubtful.remove(version)
    }

    /// The mirror, which is closed, is to be removed.
    mutating func forget(_ version: Version) {
        set(version, nil)
        unsaved.remove(version)
        doubtful.remove(version)
    }
}

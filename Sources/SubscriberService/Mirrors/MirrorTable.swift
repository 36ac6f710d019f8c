import Catalogue

/// What is known of each mirror, and which are open; no I/O.
struct MirrorTable {
    /// Mirrors that stay open without being used.
    static let idleLimit = 64
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

    init(summaries: [Version: MirrorIndex.Summary]) { self.summaries = summaries }

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
        summaries[mirror.version] = .init(
            size: mirror.manifest.size, held: mirror.heldBytes, isComplete: mirror.isComplete)
    }

    mutating func saved(_ version: Version, _ summary: MirrorIndex.Summary) {
        if summaries[version] != nil { summaries[version] = summary }
    }

    mutating func takeUnsaved() -> [Mirror] {
        defer { unsaved = [] }
        return unsaved.compactMap { open[$0] }
    }

    mutating func closeIdle() {
        guard open.count > Self.idleLimit || chunkCount > Self.chunkLimit else { return }
        for version in Array(open.keys) { _ = close(version) }
    }

    /// Closes a mirror that nobody has, not even a reference through which somebody might begin to use it.
    ///
    /// - Returns: whether it is closed now.
    mutating func close(_ version: Version) -> Bool {
        guard let isIdle = open[version]?.isIdle else { return true }
        guard isIdle, !unsaved.contains(version), isKnownUniquelyReferenced(&open[version]) else { return false }
        chunkCount -= open.removeValue(forKey: version)?.manifest.chunks.count ?? 0
        return true
    }

    /// The mirror, which is closed, is to be removed.
    mutating func forget(_ version: Version) {
        summaries[version] = nil
        unsaved.remove(version)
        doubtful.remove(version)
    }
}

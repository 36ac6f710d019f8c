import Catalogue

/// What is followed, what shall be held, and which version of it is: decisions only, no I/O.
struct Holdings: Sendable {
    struct Holding: Sendable, Equatable {
        /// The newest version of which something is held: complete, or the one that is being fetched.
        var version: Version?
        /// The current version shall be complete.
        var isWanted: Bool
    }

    private(set) var followed: FollowedPatterns
    private(set) var byPath: [DatasetPath: Holding] = [:]
    /// How many datasets hold a version.
    private var holders: [Version: Int] = [:]
    private var unsaved: [DatasetPath: Holding?] = [:]

    init(followed: FollowedPatterns) { self.followed = followed }

    mutating func restore(_ path: DatasetPath, version: Version?, isWanted: Bool) {
        replace(path, by: Holding(version: version, isWanted: isWanted))
    }

    subscript(path: DatasetPath) -> Holding? { byPath[path] }

    func isHeld(_ version: Version) -> Bool { holders[version] != nil }

    mutating func follow(_ patterns: FollowedPatterns) { followed = patterns }

    /// The versions that must not make room: of datasets that are followed as a whole or pinned. Cost: a look at each that
    /// is held.
    ///
    /// - Parameter isKept: of those, whether this one is.
    func keptVersions(_ isKept: (DatasetPath, Version) -> Bool) -> Set<Version> {
        var kept: Set<Version> = []
        for (path, holding) in byPath {
            guard let version = holding.version, followed.pin(path), isKept(path, version) else { continue }
            kept.insert(version)
        }
        return kept
    }

    /// The datasets that hold a version. Cost: a look at each that is held.
    func paths(of version: Version) -> [DatasetPath] { byPath.filter { $0.value.version == version }.map(\.key) }

    mutating func want(_ path: DatasetPath, _ isWanted: Bool = true) {
        set(path, Holding(version: byPath[path]?.version, isWanted: isWanted))
    }

    mutating func hold(_ path: DatasetPath, _ version: Version) {
        set(path, Holding(version: version, isWanted: byPath[path]?.isWanted ?? false))
    }

    /// Nobody follows the path any more: what is held of it stays, and nothing else is fetched.
    mutating func leave(_ path: DatasetPath) {
        guard let holding = byPath[path] else { return }
        if holding.version == nil { forget(path) } else { want(path, false) }
    }

    mutating func forget(_ path: DatasetPath) { set(path, nil) }

    private mutating func set(_ path: DatasetPath, _ holding: Holding?) {
        guard byPath[path] != holding else { return }
        replace(path, by: holding)
        unsaved[path] = .some(holding)
    }

    private mutating func replace(_ path: DatasetPath, by holding: Holding?) {
        if let old = byPath[path]?.version, let count = holders[old] { holders[old] = count == 1 ? nil : count - 1 }
        if let new = holding?.version { holders[new, default: 0] += 1 }
        byPath[path] = holding
    }

    // MARK: Saving

    /// What has changed since it was last asked for.
    mutating func takeUnsaved() -> [DatasetPath: Holding?] {
        defer { unsaved = [:] }
        return unsaved
    }

    /// It could not be saved; what has changed since counts more.
    mutating func putBack(_ changes: [DatasetPath: Holding?]) { unsaved.merge(changes) { newer, _ in newer } }
}

import Catalogue

/// The patterns that are followed, in the order in which they came, and which paths they cover.
struct FollowedPatterns: Sendable {
    /// The most patterns.
    static let limit = 100_000
    /// The most globs, each of which costs something for each dataset.
    static let globLimit = 1000

    private(set) var all: [PathPattern] = []
    /// What shall stay, however little room there is.
    private var pinned = PatternSet()
    private var patterns = PatternSet()

    init(_ patterns: [PathPattern] = []) { for pattern in patterns { insert(pattern) } }

    var isWithinLimits: Bool { all.count <= Self.limit && patterns.globCount <= Self.globLimit }

    func contains(_ pattern: PathPattern) -> Bool { patterns.contains(pattern) }
    func isPinned(_ pattern: PathPattern) -> Bool { pinned.contains(pattern) }

    /// Whether one of the patterns is the path, or a folder or group that it lies in, or a glob that it matches.
    func cover(_ path: DatasetPath) -> Bool { patterns.cover(path) }

    /// Whether one of those that are pinned covers the path.
    func pin(_ path: DatasetPath) -> Bool { pinned.cover(path) }

    mutating func insert(_ pattern: PathPattern, isPinned: Bool = false) {
        if patterns.insert(pattern) { all.append(pattern) }
        if isPinned { pinned.insert(pattern) }
    }

    mutating func remove(_ patterns: [PathPattern]) {
        let gone = Set(patterns)
        var left = FollowedPatterns()
        for pattern in all where !gone.contains(pattern) { left.insert(pattern, isPinned: isPinned(pattern)) }
        self = left
    }
}

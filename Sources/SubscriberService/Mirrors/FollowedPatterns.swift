import Catalogue

/// The patterns that are followed, in the order in which they came, which paths they cover, and how.
struct FollowedPatterns: Sendable {
    /// How a pattern is followed.
    struct Manner: Sendable, Equatable {
        /// All of what it covers is fetched, now and in every version from now on, and never makes room; else what is
        /// held completely stays current.
        var isWhole = true
        /// Without being fetched: what is held of it never makes room.
        var isPinned = false
    }

    /// The most patterns.
    static let limit = 100_000
    /// The most globs, each of which costs something for each dataset.
    static let globLimit = 1000

    private(set) var all: [PathPattern] = []
    private var patterns = PatternSet()
    /// What shall stay, however little room there is.
    private var pinned = PatternSet()
    /// What shall be fetched.
    private var whole = PatternSet()

    init(_ patterns: [PathPattern] = [], _ manner: Manner = Manner()) {
        for pattern in patterns { insert(pattern, manner) }
    }

    var isWithinLimits: Bool { all.count <= Self.limit && patterns.globCount <= Self.globLimit }
    /// Whether anything shall be fetched with nobody reading it.
    var fetchesAny: Bool { !whole.isEmpty }

    func contains(_ pattern: PathPattern) -> Bool { patterns.contains(pattern) }
    func manner(of pattern: PathPattern) -> Manner {
        Manner(isWhole: whole.contains(pattern), isPinned: pinned.contains(pattern))
    }

    /// Whether one of the patterns is the path, or a folder or group that it lies in, or a glob that it matches.
    func cover(_ path: DatasetPath) -> Bool { patterns.cover(path) }

    /// Whether one of those of which all shall be held covers the path.
    func fetch(_ path: DatasetPath) -> Bool { whole.cover(path) }

    /// Whether what is held of the path must not make room.
    func pin(_ path: DatasetPath) -> Bool { whole.cover(path) || pinned.cover(path) }

    /// Follows the patterns in this manner from now on, whatever theirs was before.
    mutating func follow(_ patterns: [PathPattern], _ manner: Manner) {
        let known = patterns.filter { contains($0) && self.manner(of: $0) != manner }
        if !known.isEmpty {
            let changed = Set(known)
            var anew = FollowedPatterns()
            for pattern in all { anew.insert(pattern, changed.contains(pattern) ? manner : self.manner(of: pattern)) }
            self = anew
        }
        for pattern in patterns where !contains(pattern) { insert(pattern, manner) }
    }

    private mutating func insert(_ pattern: PathPattern, _ manner: Manner) {
        guard patterns.insert(pattern) else { return }
        all.append(pattern)
        if manner.isWhole { whole.insert(pattern) }
        if manner.isPinned { pinned.insert(pattern) }
    }

    mutating func remove(_ patterns: [PathPattern]) {
        let gone = Set(patterns)
        var left = FollowedPatterns()
        for pattern in all where !gone.contains(pattern) { left.insert(pattern, manner(of: pattern)) }
        self = left
    }
}

import Catalogue

/// What is followed, what shall be held, and which version of it is: decisions only, no I/O.
struct Holdings: Sendable {
    struct Holding: Sendable, Equatable {
        /// The newest version of which something is held: complete, or the one that is being fetched.
        var version: Version?
        /// The current version shall be complete.
        var isWanted: Bool
    }

    private(set) var followed: [PathPattern]
    private(set) var byPath: [DatasetPath: Holding] = [:]
    private var unsaved: [DatasetPath: Holding?] = [:]
    private var literal: Set<String>

    init(followed: [PathPattern]) {
        self.followed = followed
        literal = Set(followed.map(\.text))
    }

    mutating func restore(_ path: DatasetPath, version: Version?, isWanted: Bool) {
        byPath[path] = Holding(version: version, isWanted: isWanted)
    }

    subscript(path: DatasetPath) -> Holding? { byPath[path] }

    func isFollowed(_ path: DatasetPath) -> Bool {
        literal.contains(path.text) || followed.contains { $0.matches(path.text) }
    }

    mutating func follow(_ patterns: [PathPattern]) {
        for pattern in patterns where literal.insert(pattern.text).inserted { followed.append(pattern) }
    }

    mutating func unfollow(_ patterns: [PathPattern]) {
        let gone = Set(patterns)
        followed.removeAll { gone.contains($0) }
        literal = Set(followed.map(\.text))
    }

    mutating func want(_ path: DatasetPath, _ isWanted: Bool = true) {
        set(path, Holding(version: byPath[path]?.version, isWanted: isWanted))
    }

    mutating func hold(_ path: DatasetPath, _ version: Version) {
        set(path, Holding(version: version, isWanted: byPath[path]?.isWanted ?? false))
    }

    mutating func forget(_ path: DatasetPath) {
        guard byPath.removeValue(forKey: path) != nil else { return }
        unsaved[path] = .some(nil)
    }

    private mutating func set(_ path: DatasetPath, _ holding: Holding) {
        guard byPath[path] != holding else { return }
        byPath[path] = holding
        unsaved[path] = .some(holding)
    }

    /// What has changed since it was last asked for.
    mutating func takeUnsaved() -> [DatasetPath: Holding?] {
        defer { unsaved = [:] }
        return unsaved
    }
}

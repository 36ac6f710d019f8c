import Catalogue

/// The patterns that are followed, in the order in which they came, and which paths they cover.
struct FollowedPatterns: Sendable {
    /// The most patterns.
    static let limit = 100_000
    /// The most globs, each of which costs something for each dataset.
    static let globLimit = 1000

    private(set) var all: [PathPattern] = []
    private var globs: [PathPattern] = []
    /// The bytes of all patterns: strings that look the same may be different names.
    private var names: Set<[UInt8]> = []

    init(_ patterns: [PathPattern] = []) { for pattern in patterns { insert(pattern) } }

    var isWithinLimits: Bool { all.count <= Self.limit && globs.count <= Self.globLimit }

    func contains(_ pattern: PathPattern) -> Bool { names.contains(Array(pattern.text.utf8)) }

    /// Whether one of the patterns is the path, or a folder or group that it lies in, or a glob that it matches.
    func cover(_ path: DatasetPath) -> Bool {
        let bytes = Array(path.text.utf8)
        if names.contains(bytes) { return true }
        for index in bytes.indices where bytes[index] == UInt8(ascii: "/") {
            if names.contains(Array(bytes[..<index])) { return true }
        }
        return globs.contains { $0.matches(path.text) }
    }

    mutating func insert(_ pattern: PathPattern) {
        guard names.insert(Array(pattern.text.utf8)).inserted else { return }
        all.append(pattern)
        if pattern.isGlob { globs.append(pattern) }
    }

    mutating func remove(_ patterns: [PathPattern]) {
        let gone = Set(patterns)
        self = FollowedPatterns(all.filter { !gone.contains($0) })
    }
}

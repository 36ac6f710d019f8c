import Catalogue

/// Patterns, and whether one of them covers a path.
struct PatternSet: Sendable {
    private var globs: [PathPattern] = []
    /// The bytes of all patterns: strings that look the same may be different names.
    private var names: Set<[UInt8]> = []

    var globCount: Int { globs.count }
    var isEmpty: Bool { names.isEmpty }

    func contains(_ pattern: PathPattern) -> Bool { names.contains(Array(pattern.text.utf8)) }

    /// - Returns: whether it was new.
    @discardableResult mutating func insert(_ pattern: PathPattern) -> Bool {
        guard names.insert(Array(pattern.text.utf8)).inserted else { return false }
        if pattern.isGlob { globs.append(pattern) }
        return true
    }

    func cover(_ path: DatasetPath) -> Bool {
        if names.isEmpty { return false }
        let bytes = Array(path.text.utf8)
        if names.contains(bytes) { return true }
        for index in bytes.indices where bytes[index] == UInt8(ascii: "/") {
            if names.contains(Array(bytes[..<index])) { return true }
        }
        return globs.contains { $0.matches(path.text) }
    }
}

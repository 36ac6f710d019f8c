/// Which folder has which watch. A folder that is reached by a link, too, has one watch and two paths.
struct WatchTable {
    private var paths: [Int32: [RelativePath]] = [:]
    private var watches: [RelativePath: Int32] = [:]

    var count: Int { paths.count }

    func paths(of watch: Int32) -> [RelativePath] { paths[watch] ?? [] }
    func contains(_ path: RelativePath) -> Bool { watches[path] != nil }

    mutating func add(_ watch: Int32, for path: RelativePath) {
        if let old = watches[path] {
            guard old != watch else { return }
            remove(path, from: old)
        }
        watches[path] = watch
        paths[watch, default: []].append(path)
    }

    /// Forgets the paths below `trees`.
    ///
    /// - Returns: The watches that lost a path; those that end up without any are no longer needed.
    mutating func remove(inside trees: [RelativePath]) -> Set<Int32> {
        var affected: Set<Int32> = []
        for (path, watch) in watches where trees.contains(where: path.isInside) {
            remove(path, from: watch)
            watches[path] = nil
            affected.insert(watch)
        }
        return affected
    }

    /// The kernel has ended the watch.
    mutating func removeWatch(_ watch: Int32) {
        for path in paths.removeValue(forKey: watch) ?? [] { watches[path] = nil }
    }

    private mutating func remove(_ path: RelativePath, from watch: Int32) {
        paths[watch]?.removeAll { $0 == path }
        if paths[watch]?.isEmpty == true { paths[watch] = nil }
    }
}

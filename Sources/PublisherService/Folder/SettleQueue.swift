internal import Platform

/// Files whose writers may not be done: each is looked at again when it has been quiet for a while.
struct SettleQueue {
    struct Entry {
        var due: ContinuousClock.Instant
        /// What it was when it was put here, where the kernel does not tell of changes: it must still be the same.
        var seen: FileIdentity?
    }

    private var entries: [RelativePath: Entry] = [:]
    private(set) var earliest: ContinuousClock.Instant?

    var count: Int { entries.count }

    func contains(_ path: RelativePath) -> Bool { entries[path] != nil }

    mutating func add(_ path: RelativePath, due: ContinuousClock.Instant, seen: FileIdentity? = nil) {
        entries[path] = Entry(due: due, seen: seen)
        earliest = earliest.map { min($0, due) } ?? due
    }

    /// The file was looked at for another reason.
    mutating func remove(_ path: RelativePath) { entries[path] = nil }

    /// Takes out what is due.
    mutating func take(at now: ContinuousClock.Instant) -> [(path: RelativePath, seen: FileIdentity?)] {
        guard let earliest, earliest <= now else { return [] }
        let due = entries.filter { $0.value.due <= now }
        for path in due.keys { entries[path] = nil }
        self.earliest = entries.values.map(\.due).min()
        return due.map { ($0.key, $0.value.seen) }
    }
}

package import Catalogue

/// The subscriber's copy of the catalogue, in memory: for each key the line of the feed that says its state.
package struct CatalogueState: Sendable {
    /// Where in the order of changes the copy stands.
    struct Position: Hashable, Sendable {
        var epoch: Epoch
        var revision: Revision
    }

    struct Entry: Sendable {
        let revision: Revision
        /// The feed's line, as it came.
        let line: [UInt8]
        let version: Version
        let size: Int64
        let modified: Double
    }

    /// What a change means to whoever keeps mirrors and tells clients.
    package enum Effect: Sendable {
        case put(DatasetPath, Version, Revision, line: [UInt8])
        /// Without a line when a listing told it by silence.
        case removed(DatasetPath, Revision, line: [UInt8]?)
        case group(Group, Revision, line: [UInt8])

        var key: String {
            switch self {
            case .put(let path, _, _, _), .removed(let path, _, _): path.text
            case .group(let group, _, _): group.name
            }
        }

        /// What a watcher of the feed is sent.
        var entry: (revision: Revision, line: [UInt8])? {
            switch self {
            case .put(_, _, let revision, let line), .group(_, let revision, let line): (revision, line)
            case .removed(_, let revision, let line): line.map { (revision, $0) }
            }
        }
    }

    private(set) var position: Position?
    private(set) var datasets: [DatasetPath: Entry] = [:]
    private(set) var groups: [String: (group: Group, line: [UInt8], revision: Revision)] = [:]
    private var digests: [String: StateDigest] = [:]
    private(set) var paths = PathsByVersion()
    /// About how many bytes the entries take.
    private(set) var cost = 0
    /// The last removals, for watchers of this subscriber; none of before ``floor``.
    private(set) var tombstones: [(key: String, revision: Revision, line: [UInt8])] = []
    /// The revision from which on all removals are known.
    private(set) var floor: Revision = 0

    static let tombstoneLimit = 20_000
    /// More is not taken in: some millions of datasets.
    static let costLimit = 2 << 30
    /// What an entry costs besides its line.
    private static let entryCost = 300

    /// Continues where the copy stood when it was saved.
    mutating func resume(at position: Position) {
        self.position = position
        floor = position.revision
        tombstones = []
    }

    package init() {}

    /// Takes in what a copy that was saved knew of a dataset.
    mutating func restore(_ path: DatasetPath, _ entry: Entry) { set(path, entry) }

    /// Takes one change in; what is older than what is known changes nothing.
    package mutating func apply(_ revision: Revision, _ change: Change, line: [UInt8]) -> Effect? {
        defer { if let known = position, revision > known.revision { position?.revision = revision } }
        switch change {
        case .put(let dataset):
            if let old = datasets[dataset.path], old.revision >= revision { return nil }
            let entry = Entry(
                revision: revision, line: line, version: dataset.version, size: dataset.size, modified: dataset.modified
            )
            set(dataset.path, entry)
            return .put(dataset.path, dataset.version, revision, line: line)
        case .delete(let path):
            guard let old = datasets[path], old.revision < revision else { return nil }
            set(path, nil)
            bury(path.text, revision, line)
            return .removed(path, revision, line: line)
        case .group(let group):
            if let old = groups[group.name], old.revision >= revision { return nil }
            set(group.name, (group, line, revision))
            return .group(group, revision, line: line)
        }
    }

    private mutating func set(_ path: DatasetPath, _ entry: Entry?) {
        if let old = datasets[path] {
            digests[path.group]?.remove(line: old.line)
            paths.remove(path, old.version)
            cost -= old.line.count + Self.entryCost
        }
        datasets[path] = entry
        guard let entry else { return }
        digests[path.group, default: StateDigest()].insert(line: entry.line)
        paths.insert(path, entry.version)
        cost += entry.line.count + Self.entryCost
    }

    private mutating func set(_ name: String, _ entry: (group: Group, line: [UInt8], revision: Revision)?) {
        if let old = groups[name] {
            digests[name]?.remove(line: old.line)
            cost -= old.line.count + Self.entryCost
        }
        groups[name] = entry
        guard let entry else { return }
        digests[name, default: StateDigest()].insert(line: entry.line)
        cost += entry.line.count + Self.entryCost
    }

    /// All up to the position has been received.
    mutating func advance(to position: Position) {
        if let known = self.position, known.epoch == position.epoch, known.revision > position.revision { return }
        self.position = position
    }

    /// Forgets the position: the next thing to do is to list.
    mutating func losePosition() { position = nil }

    /// The digest of each group's state that has one.
    var groupDigests: [String: Digest] { digests.mapValues(\.digest) }

    /// The groups whose state differs from what the bookmark at the present position says.
    func differences(from wanted: [String: Digest]) -> [String] {
        let nothing = StateDigest().digest
        let names = Set(wanted.keys).union(digests.keys)
        return names.filter { (digests[$0]?.digest ?? nothing) != (wanted[$0] ?? nothing) }.sorted()
    }

    /// Replaces what is known of one group, or of all, by a listing.
    ///
    /// Lines that are known already have no effect: a listing costs those who watch only what differs.
    mutating func replace(
        group: String?, by lines: [(revision: Revision, change: Change, line: [UInt8])], at position: Position
    ) -> [Effect] {
        // Removals that a listing shows by silence have no line: watchers from before must list as well.
        floor = max(position.revision, floor)
        tombstones.removeAll()
        if group == nil { resume(at: position) }
        // Of the other groups nothing newer has been received than before.
        let received = self.position
        defer { self.position = received }
        var effects: [Effect] = []
        var listed: Set<DatasetPath> = []
        var listedGroups: Set<String> = []
        for (_, change, _) in lines {
            if case .put(let dataset) = change { listed.insert(dataset.path) }
            if case .group(let group) = change { listedGroups.insert(group.name) }
        }
        for path in Array(datasets.keys) where (group == nil || path.group == group) && !listed.contains(path) {
            set(path, nil)
            effects.append(.removed(path, position.revision, line: nil))
        }
        for name in Array(groups.keys) where (group == nil || name == group) && !listedGroups.contains(name) {
            set(name, nil)
        }
        for (revision, change, line) in lines {
            // Revisions of another epoch cannot be compared, nor can those of a copy that turned out to differ.
            forgetIfDifferent(change, line)
            if let effect = apply(revision, change, line: line) { effects.append(effect) }
        }
        return effects
    }

    private mutating func bury(_ key: String, _ revision: Revision, _ line: [UInt8]) {
        if tombstones.count >= Self.tombstoneLimit {
            // Half at once, so that the cost of moving the rest is spread.
            floor = max(floor, tombstones[Self.tombstoneLimit / 2 - 1].revision)
            tombstones.removeFirst(Self.tombstoneLimit / 2)
        }
        tombstones.append((key, revision, line))
    }

    private mutating func forgetIfDifferent(_ change: Change, _ line: [UInt8]) {
        switch change {
        case .put(let dataset):
            if let old = datasets[dataset.path], old.line != line { set(dataset.path, nil) }
        case .group(let group):
            if let old = groups[group.name], old.line != line { set(group.name, nil) }
        case .delete: break
        }
    }
}

package import Catalogue
internal import Digests
import Platform

/// What the subscriber has in memory of the catalogue: of each dataset what every request needs. The lines of the feed, in
/// which all the rest is, are on disk.
package struct CatalogueState: Sendable {
    /// Where in the order of changes the copy stands.
    typealias Position = CataloguePosition

    struct Entry: Sendable {
        let revision: Revision
        let version: Version
        let size: Int64
        let modified: Double
        /// ``StateDigest/entry(line:)`` of the feed's line, as it came.
        let digest: Digest
        /// Bytes of the line.
        let length: UInt32
        /// The present log has not told of it: see ``KeptGroups``.
        var isKept = false
    }

    struct GroupEntry: Sendable {
        let group: Group
        let revision: Revision
        let line: [UInt8]
        /// The listing that told of it last.
        var listing: UInt32 = 0
        /// The present log does not have it.
        var isKept = false
    }

    /// What a change means to whoever keeps mirrors and tells clients.
    package enum Effect: Sendable {
        /// With the version that was current until then.
        case put(DatasetPath, Version, Revision, line: [UInt8], replaced: Version?)
        /// Without a line when a listing told it by silence.
        case removed(DatasetPath, Revision, line: [UInt8]?)
        /// The broker keeps it though its own broker has not told of it.
        case kept(DatasetPath)
        case group(Group, Revision, line: [UInt8])

        var key: String {
            switch self {
            case .put(let path, _, _, _, _), .removed(let path, _, _), .kept(let path): path.text
            case .group(let group, _, _): group.name
            }
        }

        /// What a watcher of the feed is sent.
        var entry: (revision: Revision, line: [UInt8])? {
            switch self {
            case .put(_, _, let revision, let line, _), .group(_, let revision, let line): (revision, line)
            case .removed(_, let revision, let line): line.map { (revision, $0) }
            case .kept: nil
            }
        }
    }

    private(set) var position: Position?
    /// Where it stood when the position was lost.
    private(set) var lost: Position?
    /// The ``position`` that it began at: of a listing of all, or when it was saved.
    private(set) var start: Position?
    private(set) var datasets = DatasetTable()
    private(set) var groups: [String: GroupEntry] = [:]
    private(set) var kept = KeptGroups()
    /// The greatest ``Group/announced`` of each group.
    private var announced: [String: UInt64] = [:]
    /// What has been kept since it was last asked for.
    private var newlyKept: [DatasetPath] = []
    private var digests: [String: StateDigest] = [:]
    /// Counts the listings.
    private var listing: UInt32 = 0
    /// About how many bytes the entries take.
    private(set) var cost = 0
    /// The last removals, for watchers of this subscriber; none of before ``floor``.
    private(set) var tombstones: [(key: String, revision: Revision, line: [UInt8])] = []
    private var tombstoneSize = 0
    /// The revision from which on all removals are known.
    private(set) var floor: Revision = 0

    static let tombstoneLimit = 20_000
    /// Bytes of their lines.
    static let tombstoneSizeLimit = 16 << 20
    /// More is not taken in: some millions of datasets.
    static let costLimit = 2 << 30
    /// What an entry costs besides its line.
    private static let entryCost = 300

    /// Continues where the copy stood when it was saved.
    mutating func resume(at position: Position) {
        self.position = position
        lost = nil
        start = position
        floor = position.revision
        forgetTombstones(tombstones.count)
    }

    package init() {}

    /// Whether a change fits in; what is removed always does.
    func hasRoom(for change: Change, _ line: [UInt8], limit: Int = costLimit) -> Bool {
        if case .delete = change { return true }
        return cost + line.count <= limit
    }

    /// Makes room for so many datasets.
    mutating func reserve(_ count: Int) { datasets.reserve(count) }

    /// Takes in what a copy that was saved knew of a dataset, which is not there yet.
    mutating func restore(_ path: DatasetPath, _ entry: Entry) {
        datasets.insert(path, entry)
        if entry.isKept { kept.add(path.group) }
        account(for: entry, in: path.group)
    }

    /// About `limit` datasets that were announced behind `revision` and at most at `end`, in that order.
    mutating func changed(
        after revision: Revision, through end: Revision, limit: Int
    ) -> [(path: DatasetPath, entry: Entry)] {
        datasets.changed(after: revision, through: end, limit: limit)
    }

    /// Takes in what a copy that was saved knew of a group.
    mutating func restore(_ group: GroupEntry, announced: UInt64) {
        set(group.group.name, group)
        self.announced[group.group.name] = announced
    }

    /// All that was kept has been restored.
    mutating func endRestoring() {
        kept.forgetEmpty()
        // What was read did not come by revision.
        datasets.tidyOrder()
    }

    /// Takes in that something of a group was kept; before the datasets.
    mutating func restoreKept(_ name: String, beyond: UInt64, since: SteadyInstant, now: SteadyInstant) {
        kept.begin(name, beyond: beyond, since: since, now: now)
    }

    /// Takes one change in; what is older than what is known changes nothing.
    package mutating func apply(_ revision: Revision, _ change: Change, line: [UInt8]) -> Effect? {
        defer { if let known = position, revision > known.revision { position?.revision = revision } }
        switch change {
        case .put(let dataset):
            let old = datasets[dataset.path]
            if let old, !old.isKept, old.revision >= revision { return nil }
            set(dataset.path, Entry(dataset, revision, line: line))
            return .put(dataset.path, dataset.version, revision, line: line, replaced: old?.version)
        case .delete(let path):
            guard let old = datasets[path], old.isKept || old.revision < revision else { return nil }
            set(path, nil)
            bury(path.text, revision, line)
            return .removed(path, revision, line: line)
        case .group(let group):
            if let old = groups[group.name], !old.isKept, old.revision >= revision { return nil }
            set(group.name, GroupEntry(group: group, revision: revision, line: line))
            return .group(group, revision, line: line)
        }
    }

    private mutating func set(_ path: DatasetPath, _ entry: Entry?) {
        if let old = datasets[path] {
            if old.isKept { kept.remove(path.group) } else { discount(old.digest, in: path.group) }
            cost -= Int(old.length) + Self.entryCost
        }
        guard let entry else { return datasets.remove(path) }
        datasets.set(path, entry)
        account(for: entry, in: path.group)
    }

    private mutating func account(for entry: Entry, in group: String) {
        if !entry.isKept { digests[group, default: StateDigest()].insert(entry.digest) }
        cost += Int(entry.length) + Self.entryCost
    }

    /// A group of which nothing is left is forgotten: others may come for ever.
    private mutating func discount(_ entry: Digest, in group: String) {
        guard var digest = digests[group] else { return }
        digest.remove(entry)
        digests[group] = digest == StateDigest() ? nil : digest
    }

    private mutating func set(_ name: String, _ entry: GroupEntry?) {
        if let old = groups[name] {
            if !old.isKept { discount(StateDigest.entry(line: old.line), in: name) }
            cost -= old.line.count + Self.entryCost
        }
        groups[name] = entry
        guard let entry else { return announced[name] = nil }
        if !entry.isKept { digests[name, default: StateDigest()].insert(line: entry.line) }
        cost += entry.line.count + Self.entryCost
    }

    /// All up to the position has been received.
    mutating func advance(to position: Position) {
        if let known = self.position, known.epoch == position.epoch, known.revision > position.revision { return }
        self.position = position
    }

    /// Forgets the position: the next thing to do is to list.
    mutating func losePosition() {
        lost = position ?? lost
        position = nil
    }

    /// It was saved without a position, when it had lost that one.
    mutating func resume(havingLost position: Position) { lost = position }

    /// Whether there has ever been a listing.
    var wasListed: Bool { position != nil || lost != nil }

    /// The digest of each group's state that has one.
    var groupDigests: [String: Digest] { digests.mapValues(\.digest) }

    /// The groups whose state differs from what the bookmark at the present position says.
    func differences(from wanted: [String: Digest]) -> [String] {
        let nothing = StateDigest().digest
        let names = Set(wanted.keys).union(digests.keys)
        return names.filter { (digests[$0]?.digest ?? nothing) != (wanted[$0] ?? nothing) }.sorted()
    }

    // MARK: Listings

    /// Begins to take in a listing of one group or of all: ``applyListed(_:_:line:)`` for each line, then
    /// ``endListing(of:at:)``. Nothing else may change the state meanwhile.
    mutating func beginListing() { listing &+= 1 }

    /// Takes in a line of a listing. What is known already has no effect: a listing costs those who watch only what differs.
    mutating func applyListed(_ revision: Revision, _ change: Change, line: [UInt8]) -> Effect? {
        // Of the other groups nothing newer has been received than before.
        let received = position
        defer { position = received }
        // Revisions of another epoch cannot be compared, nor can those of a copy that turned out to differ.
        forgetIfDifferent(change, line)
        let effect = apply(revision, change, line: line)
        switch change {
        case .put(let dataset): datasets.mark(dataset.path, listing)
        case .group(let group): groups[group.name]?.listing = listing
        case .delete: break
        }
        return effect
    }

    /// Removes what the listing has not told of; keeps it, when the listing is of another order than what was known, or of an
    /// older copy of it.
    ///
    /// - Parameter known: when what is here was known to be current.
    mutating func endListing(
        of group: String?, at position: Position, known: SteadyInstant, now: SteadyInstant
    ) -> [Effect] {
        let isBreak = group == nil && !goesOn(at: position)
        // Removals that a listing shows by silence have no line: watchers from before must list as well.
        floor = max(position.revision, floor)
        forgetTombstones(tombstones.count)
        if group == nil { resume(at: position) }
        let missing = datasets.missing(in: listing, group: group)
        var effects: [Effect] = []
        if isBreak {
            for name in Set(missing.map(\.group)) {
                kept.begin(name, beyond: announced[name] ?? 0, since: known, now: now)
            }
        }
        for path in missing {
            if isBreak {
                keep(path)
            } else {
                set(path, nil)
                effects.append(.removed(path, position.revision, line: nil))
            }
        }
        for (name, entry) in groups where (group == nil || name == group) && entry.listing != listing && !entry.isKept {
            if isBreak, kept[name] != nil { keep(entry) } else { set(name, nil) }
        }
        for name in group.map({ [$0] }) ?? Array(groups.keys) { effects += forgetIfAnnounced(name) }
        return effects
    }

    /// Whether a listing goes on in the order in which the copy stood.
    private func goesOn(at position: Position) -> Bool {
        guard let old = self.position ?? lost else { return false }
        return old.epoch == position.epoch && old.revision <= position.revision
    }

    // MARK: Keeping what another log told of

    private mutating func keep(_ path: DatasetPath) {
        guard var entry = datasets[path], !entry.isKept else { return }
        discount(entry.digest, in: path.group)
        entry.isKept = true
        datasets.set(path, entry)
        kept.add(path.group)
        newlyKept.append(path)
    }

    private mutating func keep(_ entry: GroupEntry) {
        var group = entry.group
        group.online = false
        let number = announced[group.name]
        set(group.name, GroupEntry(group: group, revision: entry.revision, line: entry.line, isKept: true))
        announced[group.name] = number
    }

    /// Takes in what the broker keeps, though its own broker has not told of it.
    mutating func applyKept(_ line: FeedLine.Kept, bytes: [UInt8], _ now: SteadyInstant) -> Effect? {
        let since = now.advanced(by: .seconds(-max(0, min(line.stale, 0x1p31))))
        switch line.change {
        case .put(let dataset):
            let path = dataset.path
            if kept[path.group].map({ $0.beyond < line.beyond }) ?? true {
                kept.begin(path.group, beyond: line.beyond, since: since, now: now)
            }
            if let old = datasets[path], old.version == dataset.version {
                keep(path)
                return nil
            }
            set(path, nil)
            kept.begin(path.group, beyond: line.beyond, since: since, now: now)
            var entry = Entry(dataset, line.revision, line: bytes)
            entry.isKept = true
            set(path, entry)
            kept.add(path.group)
            newlyKept.append(path)
            return .kept(path)
        case .group(let group):
            guard groups[group.name]?.listing != listing else { return nil }
            set(group.name, nil)
            keep(GroupEntry(group: group, revision: line.revision, line: bytes))
            return nil
        case .delete: return nil
        }
    }

    /// What has been kept since this was last asked for.
    mutating func takeNewlyKept() -> [DatasetPath] {
        defer { newlyKept = [] }
        return newlyKept
    }

    /// Something of the group has been announced.
    mutating func note(activityOf group: String, _ now: SteadyInstant) { kept.note(activityOf: group, now) }

    /// Forgets what is kept of a group whose publisher has announced anew.
    mutating func forgetIfAnnounced(_ name: String) -> [Effect] {
        guard let entry = groups[name], !entry.isKept, let number = entry.group.announced else { return [] }
        announced[name] = max(announced[name] ?? 0, number)
        guard let kept = kept[name], number > kept.beyond else { return [] }
        return forget(name)
    }

    /// Forgets what is kept of groups whose publishers will not say more.
    mutating func forgetOverdue(_ now: SteadyInstant) -> [Effect] {
        let groups = groups
        return kept.overdue(now) { name in groups[name].flatMap { $0.isKept ? nil : $0.group } }.flatMap { forget($0) }
    }

    /// Forgets what is kept of a group. Cost: a look at each of its datasets.
    mutating func forget(_ name: String) -> [Effect] {
        guard kept[name] != nil else { return [] }
        let all = datasets.paths
        let paths = all[all.range(of: name + "/")].filter { datasets[$0]?.isKept == true }
        let revision = (position ?? lost)?.revision ?? 0
        for path in paths { set(path, nil) }
        if groups[name]?.isKept == true { set(name, nil) }
        return paths.map { .removed($0, revision, line: nil) }
    }

    /// The greatest ``Group/announced`` of a group.
    func announcedNumber(_ name: String) -> UInt64 { announced[name] ?? 0 }

    private mutating func bury(_ key: String, _ revision: Revision, _ line: [UInt8]) {
        tombstones.append((key, revision, line))
        tombstoneSize += line.count
        while tombstones.count > Self.tombstoneLimit || tombstoneSize > Self.tombstoneSizeLimit {
            // Half at once, so that the cost of moving the rest is spread.
            let count = (tombstones.count + 1) / 2
            floor = max(floor, tombstones[count - 1].revision)
            forgetTombstones(count)
        }
    }

    private mutating func forgetTombstones(_ count: Int) {
        tombstoneSize -= tombstones.prefix(count).saturatingSum { $0.line.count }
        tombstones.removeFirst(count)
    }

    private mutating func forgetIfDifferent(_ change: Change, _ line: [UInt8]) {
        switch change {
        case .put(let dataset):
            if let old = datasets[dataset.path], old.isKept || old.digest != StateDigest.entry(line: line) {
                set(dataset.path, nil)
            }
        case .group(let group):
            guard let old = groups[group.name], old.isKept || old.line != line else { return }
            let number = announced[group.name]
            set(group.name, nil)
            // What it has said before counts until the listing is through.
            announced[group.name] = number
        case .delete: break
        }
    }
}

extension CatalogueState.Entry {
    init(_ dataset: Dataset, _ revision: Revision, line: [UInt8]) {
        self.init(
            revision: revision, version: dataset.version, size: dataset.size, modified: dataset.modified,
            digest: StateDigest.entry(line: line), length: UInt32(clamping: line.count))
    }
}

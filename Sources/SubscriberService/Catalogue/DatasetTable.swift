import Catalogue

/// The datasets of a catalogue: found by their paths, by their versions, and in the order of their paths.
///
/// An entry takes some 350 bytes, however much is announced of its dataset. Cost of a change: a few table accesses.
struct DatasetTable: Sendable {
    typealias Entry = CatalogueState.Entry
    private typealias Slot = UInt32
    private static let none = Slot.max

    private struct Row {
        let path: DatasetPath
        var entry: Entry
        /// The listing that told of it last.
        var listing: UInt32 = 0
        /// Its neighbours among those of the same version.
        var next = DatasetTable.none
        var previous = DatasetTable.none
    }

    private var slots: [DatasetPath: Slot] = [:]
    private var rows: ContiguousArray<Row?> = []
    private var free: [Slot] = []
    /// Of those of a version, the one that came last: nearly always the only one.
    private var heads: [Version: Slot] = [:]
    private(set) var paths = SortedPaths()
    private var order = RevisionOrder()

    var count: Int { slots.count }

    subscript(path: DatasetPath) -> Entry? { slots[path].flatMap { rows[Int($0)]?.entry } }

    /// A dataset that has the version.
    func path(of version: Version) -> DatasetPath? { heads[version].flatMap { rows[Int($0)]?.path } }

    // MARK: Changing

    mutating func reserve(_ count: Int) {
        slots.reserveCapacity(count)
        heads.reserveCapacity(count)
        rows.reserveCapacity(count)
        order.reserve(count)
    }

    mutating func set(_ path: DatasetPath, _ entry: Entry) {
        if let slot = slots[path] {
            let old = rows[Int(slot)]?.entry
            if old?.version != entry.version { unlink(slot) }
            rows[Int(slot)]?.entry = entry
            if old?.version != entry.version { link(slot, entry.version) }
            if old?.revision != entry.revision { note(entry.revision, slot) }
        } else {
            insert(path, entry)
        }
    }

    /// Adds a dataset that is not there.
    mutating func insert(_ path: DatasetPath, _ entry: Entry) {
        let slot = free.popLast() ?? Slot(rows.count)
        if slot == rows.count { rows.append(nil) }
        rows[Int(slot)] = Row(path: path, entry: entry)
        slots[path] = slot
        link(slot, entry.version)
        paths.insert(path)
        note(entry.revision, slot)
    }

    private mutating func note(_ revision: Revision, _ slot: Slot) {
        order.append(revision, slot)
        // As often as there are as many that are not so any more as those that are: it costs each change a look at two.
        if order.count > 2 * count + 1024 { tidyOrder() }
    }

    /// Sorts what came out of order: before it is asked for, where much did.
    mutating func tidyOrder() {
        order.tidy { [rows] revision, slot in rows[Int(slot)]?.entry.revision == revision }
    }

    mutating func remove(_ path: DatasetPath) {
        guard let slot = slots.removeValue(forKey: path) else { return }
        unlink(slot)
        rows[Int(slot)] = nil
        free.append(slot)
        paths.remove(path)
    }

    private mutating func link(_ slot: Slot, _ version: Version) {
        let head = heads.updateValue(slot, forKey: version) ?? Self.none
        rows[Int(slot)]?.next = head
        rows[Int(slot)]?.previous = Self.none
        if head != Self.none { rows[Int(head)]?.previous = slot }
    }

    private mutating func unlink(_ slot: Slot) {
        guard let row = rows[Int(slot)] else { return }
        if row.next != Self.none { rows[Int(row.next)]?.previous = row.previous }
        if row.previous != Self.none {
            rows[Int(row.previous)]?.next = row.next
        } else {
            heads[row.entry.version] = row.next == Self.none ? nil : row.next
        }
    }

    // MARK: By revision

    /// About `limit` datasets that were announced behind `revision` and at most at `end`, in that order. Cost: a search, unless
    /// what came last was out of order.
    mutating func changed(
        after revision: Revision, through end: Revision, limit: Int
    ) -> [(path: DatasetPath, entry: Entry)] {
        if !order.isReady { tidyOrder() }
        var found: [(path: DatasetPath, entry: Entry)] = []
        var last = revision
        while found.isEmpty {
            let some = order.entries(after: last, through: end, limit: limit)
            guard let reached = some.last?.revision else { break }
            last = reached
            for (revision, slot) in some {
                if let row = rows[Int(slot)], row.entry.revision == revision { found.append((row.path, row.entry)) }
            }
        }
        return found
    }

    // MARK: Listings

    /// Notes that a listing has told of the dataset.
    mutating func mark(_ path: DatasetPath, _ listing: UInt32) {
        if let slot = slots[path] { rows[Int(slot)]?.listing = listing }
    }

    /// What the listing has not told of, of one group or of all, without what is kept anyway.
    func missing(in listing: UInt32, group: String?) -> [DatasetPath] {
        rows.compactMap { row in
            guard let row, row.listing != listing, !row.entry.isKept, group.map(row.path.group.hasBytes) ?? true else {
                return nil
            }
            return row.path
        }
    }
}

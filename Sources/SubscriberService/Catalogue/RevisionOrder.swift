import Catalogue

/// The datasets of a table in the order of their revisions: what has happened since one is found without a look at all.
///
/// What is not so any more stays until there is much of it: who reads compares with the table.
struct RevisionOrder: Sendable {
    typealias Slot = UInt32

    private var revisions: ContiguousArray<Revision> = []
    private var slots: ContiguousArray<Slot> = []
    private var isSorted = true

    var count: Int { revisions.count }

    mutating func reserve(_ count: Int) {
        revisions.reserveCapacity(count)
        slots.reserveCapacity(count)
    }

    /// Notes that what is in a slot has another revision.
    mutating func append(_ revision: Revision, _ slot: Slot) {
        if let last = revisions.last, last > revision { isSorted = false }
        revisions.append(revision)
        slots.append(slot)
    }

    /// Forgets what is not so any more. Cost: a look at all, and sorting what came out of order.
    mutating func tidy(_ isSo: (Revision, Slot) -> Bool) {
        var kept = zip(revisions, slots).filter { isSo($0, $1) }
        if !isSorted { kept.sort { $0 < $1 } }
        revisions.removeAll(keepingCapacity: true)
        slots.removeAll(keepingCapacity: true)
        for (revision, slot) in kept where revisions.last != revision || slots.last != slot {
            revisions.append(revision)
            slots.append(slot)
        }
        isSorted = true
    }

    var isReady: Bool { isSorted }

    /// What has a revision behind `revision` and at most `end`, in order, from there on about `limit`. To be called when it
    /// ``isReady``.
    func entries(after revision: Revision, through end: Revision, limit: Int) -> [(revision: Revision, slot: Slot)] {
        precondition(isSorted, "it is tidied before it is read")
        var low = 0, high = revisions.count
        while low < high {
            let middle = (low + high) / 2
            if revisions[middle] > revision { high = middle } else { low = middle + 1 }
        }
        var found: [(revision: Revision, slot: Slot)] = []
        // What is kept of another log may have the revision of something else: of one revision all come.
        while low < revisions.count, revisions[low] <= end,
            found.count < limit || found.last?.revision == revisions[low]
        {
            // The same may have been noted twice.
            if found.last.map({ $0.revision != revisions[low] || $0.slot != slots[low] }) ?? true {
                found.append((revisions[low], slots[low]))
            }
            low += 1
        }
        return found
    }
}

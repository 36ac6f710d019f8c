internal import Platform

/// Files whose writers may not be done: each is looked at again when it has been quiet for a while.
struct SettleQueue {
    typealias Instant = ContinuousClock.Instant

    private struct Entry {
        var due: Instant
        var seen: FileIdentity?
    }

    private var entries: [RelativePath: Entry] = [:]
    /// A heap by time with one place for each path, which may name an earlier time than its entry by now, or none.
    private var heap: [(due: Instant, path: RelativePath)] = []
    /// The place of each path that has one; others of it in the heap are void.
    private var placed: [RelativePath: Instant] = [:]

    /// Not after the first one that is due.
    var earliest: Instant? { heap.first?.due }

    func contains(_ path: RelativePath) -> Bool { entries[path] != nil }

    /// - Parameter seen: what the file is now, where the kernel does not tell of changes: it must be the same then.
    mutating func add(_ path: RelativePath, due: Instant, seen: FileIdentity? = nil) {
        entries[path] = Entry(due: due, seen: seen)
        if placed[path].map({ due < $0 }) ?? true { place(path, due) }
    }

    /// The file was looked at for another reason.
    mutating func remove(_ path: RelativePath) { entries[path] = nil }

    /// Takes out what is due.
    mutating func take(at now: Instant) -> [(path: RelativePath, seen: FileIdentity?)] {
        var result: [(path: RelativePath, seen: FileIdentity?)] = []
        while let first = heap.first, first.due <= now {
            pop()
            guard placed[first.path] == first.due else { continue }
            placed[first.path] = nil
            guard let entry = entries[first.path] else { continue }
            if entry.due > now {
                place(first.path, entry.due)
            } else {
                entries[first.path] = nil
                result.append((first.path, entry.seen))
            }
        }
        return result
    }

    private mutating func place(_ path: RelativePath, _ due: Instant) {
        placed[path] = due
        push(due, path)
    }

    private mutating func push(_ due: Instant, _ path: RelativePath) {
        heap.append((due, path))
        var child = heap.count - 1
        while child > 0, heap[child].due < heap[(child - 1) / 2].due {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func pop() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].due < heap[least].due
            {
                least = child
            }
            if least == parent { return }
            heap.swapAt(least, parent)
            parent = least
        }
    }
}

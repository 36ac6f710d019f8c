import Catalogue
import Platform
import Synchronization

/// The subscriber's catalogue: in memory for readers, written to disk behind them, observed by who must act on changes.
final class CatalogueCopy: Sendable {
    typealias Line = (revision: Revision, change: Change, line: [UInt8])
    typealias Bookmark = (position: CatalogueState.Position, digests: [String: Digest])

    private struct Shared {
        var state = CatalogueState()
        /// What the store does not know yet, by the bytes of the key; `nil` is a removal.
        var unsaved: [[UInt8]: CatalogueRow?] = [:]
        var unsavedAll = false
        var sorted: [DatasetPath]?
        /// Counts the times that datasets have come or gone.
        var generation = 0

        mutating func note(_ effect: CatalogueState.Effect) {
            let row: CatalogueRow? =
                switch effect {
                case .put(let path, _, _, _): state.datasets[path].map { .dataset($0) }
                case .group(_, _, let line): .group(line: line)
                case .removed: nil
                }
            unsaved[Array(effect.key.utf8)] = .some(row)
        }

        mutating func namesChanged() {
            sorted = nil
            generation += 1
        }
    }

    private let shared: Locked<Shared>
    /// Held while a change is made and told: what observers have been told is then what the state says. They must
    /// neither block nor change the catalogue.
    private let order = Locked<Void>(())
    private let recent = RecentDatasets()
    private let store: CatalogueStore
    private let changed: AsyncStream<Void>
    private let change: AsyncStream<Void>.Continuation
    private let observers = Locked<[@Sendable ([CatalogueState.Effect]) -> Void]>([])

    /// Reads what was known when the subscriber ran last.
    init(store: CatalogueStore) throws {
        self.store = store
        shared = Locked(Shared(state: try store.load()))
        (changed, change) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Adds an observer: called after each change is visible, in order, by whoever made it; it must not block.
    func observe(_ observer: @Sendable @escaping ([CatalogueState.Effect]) -> Void) {
        observers.withLock { $0.append(observer) }
    }

    // MARK: Changing

    func apply(_ line: Line) {
        order.withLock { _ in
            let effect = shared.withLock { shared -> CatalogueState.Effect? in
                let count = shared.state.datasets.count
                guard let effect = shared.state.apply(line.revision, line.change, line: line.line) else { return nil }
                if shared.state.datasets.count != count { shared.namesChanged() }
                shared.note(effect)
                return effect
            }
            publish(effect.map { [$0] } ?? [])
        }
    }

    /// Takes a bookmark.
    ///
    /// - Returns: the groups whose state is not what the bookmark says.
    func advance(to position: CatalogueState.Position, digests: [String: Digest]) -> [String] {
        let differing = shared.withLock { shared in
            shared.state.advance(to: position)
            return shared.state.position == position ? shared.state.differences(from: digests) : []
        }
        change.yield()
        return differing
    }

    /// Whether so many bytes more can be taken in.
    func hasRoom(for count: Int) -> Bool { shared.withLock { $0.state.cost + count <= CatalogueState.costLimit } }

    func losePosition() { shared.withLock { $0.state.losePosition() } }

    /// Replaces one group, or all, by a listing.
    func replace(group: String?, by lines: [Line], at position: CatalogueState.Position) {
        order.withLock { _ in
            let effects = shared.withLock { shared -> [CatalogueState.Effect] in
                let effects = shared.state.replace(group: group, by: lines, at: position)
                shared.unsavedAll = true
                shared.namesChanged()
                return effects
            }
            publish(effects)
        }
    }

    /// A bookmark for watchers of this subscriber: nothing is on its way to them that it counts already.
    func bookmark() -> Bookmark? {
        order.withLock { _ in
            shared.withLock { shared in shared.state.position.map { ($0, shared.state.groupDigests) } }
        }
    }

    /// Whether all that has happened since the revision is known.
    func reachesBack(to revision: Revision) -> Bool {
        shared.withLock { shared in
            guard let position = shared.state.position else { return false }
            return revision >= shared.state.floor && revision <= position.revision
        }
    }

    /// The lines behind `revision`, by revision, at most about `limit` bytes; `nil` when the copy does not reach back.
    func page(
        after revision: Revision, limit: Int, _ isWanted: (String) -> Bool
    ) -> (lines: [[UInt8]], revision: Revision)? {
        shared.withLock { shared in
            guard let position = shared.state.position, revision >= shared.state.floor, revision <= position.revision
            else {
                return nil
            }
            var found = shared.state.tombstones.filter { $0.revision > revision && isWanted($0.key) }.map {
                ($0.revision, $0.line)
            }
            for (path, entry) in shared.state.datasets where entry.revision > revision && isWanted(path.text) {
                found.append((entry.revision, entry.line))
            }
            for (name, group) in shared.state.groups where group.revision > revision && isWanted(name) {
                found.append((group.revision, group.line))
            }
            found.sort { $0.0 < $1.0 }
            var size = 0
            for (index, entry) in found.enumerated() {
                size += entry.1.count
                if size > limit { return (found[...index].map(\.1), entry.0) }
            }
            return (found.map(\.1), position.revision)
        }
    }

    private func publish(_ effects: [CatalogueState.Effect]) {
        guard !effects.isEmpty else { return }
        for observer in observers.withLock({ $0 }) { observer(effects) }
        change.yield()
    }

    // MARK: Asking

    var position: CatalogueState.Position? { shared.withLock { $0.state.position } }
    var count: Int { shared.withLock { $0.state.datasets.count } }
    var groups: [Group] { shared.withLock { $0.state.groups.values.map(\.group).sorted { $0.name < $1.name } } }

    func group(_ name: String) -> Group? { shared.withLock { $0.state.groups[name]?.group } }
    func entry(_ path: DatasetPath) -> CatalogueState.Entry? { shared.withLock { $0.state.datasets[path] } }

    func dataset(_ path: DatasetPath) -> Dataset? { entry(path).flatMap { recent.dataset(path, $0) } }

    /// Another number after datasets have come or gone.
    var namesGeneration: Int { shared.withLock { $0.generation } }

    /// All paths, sorted by their bytes. Cost: a sort after datasets have come or gone, nothing otherwise.
    var paths: [DatasetPath] {
        let (known, unsorted, generation) = shared.withLock { shared in
            (shared.sorted, shared.sorted == nil ? Array(shared.state.datasets.keys) : [], shared.generation)
        }
        if let known { return known }
        // Not under the lock: changes go on meanwhile.
        let sorted = unsorted.sorted()
        shared.withLock { if $0.generation == generation { $0.sorted = sorted } }
        return sorted
    }

    /// The paths that a pattern stands for now: a dataset of that very name, else what matches.
    func paths(matching pattern: PathPattern) -> [DatasetPath] {
        if let path = try? DatasetPath(pattern.text), entry(path) != nil { return [path] }
        let paths = paths, prefix = pattern.literalPrefix.utf8
        let start = paths.partitioningIndex { !$0.text.utf8.lexicographicallyPrecedes(prefix) }
        return paths[start...].prefix { $0.text.utf8.starts(with: prefix) }.filter { pattern.matches($0.text) }
    }

    /// A dataset that has the version now.
    func path(of version: Version) -> DatasetPath? { shared.withLock { $0.state.paths[version] } }

    /// Whether a dataset has the version now.
    func has(_ version: Version) -> Bool { path(of: version) != nil }

    /// The current lines of the groups and datasets that `isWanted` lets through, by revision, and the bookmark that goes
    /// with them; `nil` before the first listing.
    func listing(_ isWanted: (String) -> Bool) -> (lines: [[UInt8]], bookmark: Bookmark)? {
        order.withLock { _ in
            shared.withLock { shared in
                guard let position = shared.state.position else { return nil }
                var found = shared.state.groups.values.filter { isWanted($0.group.name) }.map { ($0.revision, $0.line) }
                for (path, entry) in shared.state.datasets where isWanted(path.text) {
                    found.append((entry.revision, entry.line))
                }
                found.sort { $0.0 < $1.0 }
                return (found.map(\.1), (position, shared.state.groupDigests))
            }
        }
    }

    // MARK: Saving

    /// Writes changes to disk, behind those who made them, until the task is cancelled; then once more.
    func run(on pool: BlockingPool, log: Logger) async {
        for await _ in changed {
            await save(on: pool, log: log)
            // What comes meanwhile goes into the next transaction.
            guard (try? await Task.sleep(for: .milliseconds(20))) != nil else { break }
        }
        await save(on: pool, log: log)
    }

    private func save(on pool: BlockingPool, log: Logger) async {
        let (position, unsaved, all) = shared.withLock { shared in
            defer {
                shared.unsaved = [:]
                shared.unsavedAll = false
            }
            return (shared.state.position, shared.unsaved, shared.unsavedAll ? shared.state : nil)
        }
        await pool.run { [store, self] in
            do {
                if let all { try store.replace(by: all) } else { try store.save(unsaved, at: position) }
            } catch {
                log.error("the catalogue could not be saved; it is tried again with the next change", ["error": error])
                shared.withLock { $0.unsavedAll = true }
            }
        }
    }
}

extension RandomAccessCollection where Index == Int {
    /// The first index from which on `isBehind` holds, in a collection that is sorted by it.
    fileprivate func partitioningIndex(_ isBehind: (Element) -> Bool) -> Int {
        var low = startIndex, high = endIndex
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

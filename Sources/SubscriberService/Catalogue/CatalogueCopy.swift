import Catalogue
import Digests
import Platform
import Synchronization

/// The subscriber's catalogue: what every request needs is in memory, the rest is on disk, written behind who changes it;
/// observed by who must act on changes.
final class CatalogueCopy: Sendable {
    typealias Line = (revision: Revision, change: Change, line: [UInt8])
    typealias Bookmark = (position: CatalogueState.Position, digests: [String: Digest])

    struct Shared {
        var state: CatalogueState
        var unsaved = UnsavedLines()
        var groupsChanged = false
        /// Counts the times that datasets have come or gone.
        var generation = 0
        /// When all this was known to be current, in seconds since 1970.
        var known: Double?
        /// Of each group whose publisher is not there, since when.
        var offline: [String: SteadyInstant] = [:]

        mutating func note(_ effect: CatalogueState.Effect) {
            switch effect {
            case .put(let path, _, _, let line, _):
                unsaved.note(path, state.datasets[path].map { CatalogueRow(entry: $0, line: line) })
            // Whoever takes it in has its line.
            case .kept: break
            case .removed(let path, _, _): unsaved.note(path, nil)
            case .group: groupsChanged = true
            }
        }

        /// Notes what is kept from now on.
        mutating func noteKept() {
            let paths = state.takeNewlyKept()
            if paths.isEmpty { return }
            for path in paths { unsaved.note(kept: path) }
            groupsChanged = true
        }

        /// Notes since when the group's publisher is not there. A broker's clock may be set otherwise than the one here: when it
        /// happened now, that does not matter.
        mutating func note(_ group: Group, isNews: Bool, _ now: SteadyInstant) {
            guard !group.online else { return offline[group.name] = nil }
            let seconds = isNews ? 0 : min(max(0, Timestamp.now.seconds - group.since), 0x1p31)
            offline[group.name] = now.advanced(by: .seconds(-seconds))
        }

        func offlineSeconds(_ name: String, _ now: SteadyInstant) -> Double? {
            guard let entry = state.groups[name], !entry.group.online else { return nil }
            let since = entry.isKept ? state.kept[name]?.since : offline[name]
            return since.map { max(0, (now - $0) / .seconds(1)) } ?? 0
        }

        /// Makes a change to the state, and notes what it did.
        mutating func change(_ body: (inout CatalogueState) -> [CatalogueState.Effect]) -> [CatalogueState.Effect] {
            let count = state.datasets.count, keptCount = state.kept.count
            let effects = body(&state)
            if state.datasets.count != count { generation += 1 }
            for effect in effects { note(effect) }
            if state.kept.count != keptCount { groupsChanged = true }
            return effects
        }
    }

    let shared: Locked<Shared>
    let store: CatalogueStore
    let clock: any SteadyClock
    let recent = RecentDatasets()
    /// Held while a change is made and told: what observers have been told is then what the state says. They must
    /// neither block nor change the catalogue.
    private let order = Locked<Void>(())
    /// Held while the disk is written: one batch after the other.
    private let saving = Locked<Void>(())
    private let changed: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private let observers = Locked<[@Sendable ([CatalogueState.Effect]) -> Void]>([])

    /// Lines that wait for the disk, in bytes: beyond that, who brings more waits for it as well.
    private static let unsavedLimit = 32 << 20

    /// Reads what was known when the subscriber ran last.
    init(store: CatalogueStore, clock: any SteadyClock = SystemSteadyClock()) throws {
        self.store = store
        self.clock = clock
        var shared = Shared(state: try store.load(now: clock.now), known: try store.known())
        for entry in shared.state.groups.values { shared.note(entry.group, isNews: false, clock.now) }
        self.shared = Locked(shared)
        (changed, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Adds an observer: called after each change is visible, in order, by whoever made it; it must not block.
    func observe(_ observer: @Sendable @escaping ([CatalogueState.Effect]) -> Void) {
        observers.withLock { $0.append(observer) }
    }

    // MARK: Changing

    /// Takes in a change. Blocks while the disk is far behind.
    ///
    /// - Parameter isNews: it has happened now, and not while the broker could not be reached.
    /// - Throws: `StorageError` when it is, and cannot be written.
    func apply(_ line: Line, isNews: Bool = false) throws {
        let now = clock.now
        change(isNews: isNews) { state in
            let effect = state.apply(line.revision, line.change, line: line.line)
            guard !state.kept.isEmpty else {
                if case .group(let group) = line.change { _ = state.forgetIfAnnounced(group.name) }
                return effect.map { [$0] } ?? []
            }
            state.note(activityOf: line.change.groupName, now)
            let group: String? = if case .group(let group) = line.change { group.name } else { nil }
            return (effect.map { [$0] } ?? []) + (group.map { state.forgetIfAnnounced($0) } ?? [])
        }
        try saveWhenMuch()
    }

    /// Begins to take in a listing of one group or of all; ``endListing(of:at:)`` ends it.
    func beginListing() { shared.withLock { $0.state.beginListing() } }

    /// Takes in a line of a listing. Blocks while the disk is far behind.
    ///
    /// - Throws: `StorageError` when it is, and cannot be written.
    func applyListed(_ line: Line) throws {
        change(isNews: false) { state in
            state.applyListed(line.revision, line.change, line: line.line).map { [$0] } ?? []
        }
        try saveWhenMuch()
    }

    /// Takes in a line of a listing of what the broker keeps. Blocks while the disk is far behind.
    ///
    /// - Throws: `StorageError` when it is, and cannot be written.
    func applyListed(_ kept: FeedLine.Kept) throws {
        let now = clock.now, line = FeedLine.change(kept.revision, kept.change).encoded
        order.withLock { _ in
            let effect = shared.withLock { shared in
                let count = shared.state.datasets.count
                let effect = shared.state.applyKept(kept, bytes: line, now)
                if shared.state.datasets.count != count { shared.generation += 1 }
                if case .kept(let path)? = effect {
                    shared.unsaved.note(path, shared.state.datasets[path].map { CatalogueRow(entry: $0, line: line) })
                }
                shared.noteKept()
                shared.groupsChanged = true
                return effect
            }
            if let effect { publish([effect]) }
        }
        try saveWhenMuch()
    }

    /// Ends a listing: what it has not told of does not exist, or is kept when another log was listed before.
    ///
    /// - Parameter known: when what is here was known to be current.
    func endListing(of group: String?, at position: CatalogueState.Position, known: SteadyInstant? = nil) {
        let now = clock.now
        order.withLock { _ in
            let effects = shared.withLock { shared -> [CatalogueState.Effect] in
                let effects = shared.state.endListing(
                    of: group, at: position, known: known ?? now, now: now)
                for effect in effects { shared.note(effect) }
                shared.noteKept()
                shared.groupsChanged = true
                shared.offline = shared.offline.filter { shared.state.groups[$0.key] != nil }
                if !effects.isEmpty { shared.generation += 1 }
                return effects
            }
            // Also when there are none: the position is another.
            publish(effects)
        }
    }

    private func change(isNews: Bool, _ body: (inout CatalogueState) -> [CatalogueState.Effect]) {
        let now = clock.now
        order.withLock { _ in
            let effects = shared.withLock { shared in
                let effects = shared.change(body)
                if case .group(let group, _, _)? = effects.first { shared.note(group, isNews: isNews, now) }
                return effects
            }
            if !effects.isEmpty { publish(effects) }
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
        signal.yield()
        return differing
    }

    /// Whether a change can be taken in.
    func hasRoom(for line: Line) -> Bool { shared.withLock { $0.state.hasRoom(for: line.change, line.line) } }

    /// Forgets what is kept of groups whose publishers will not say more; until the task is cancelled.
    func forgetOverdue(_ status: BrokerStatus) async {
        while (try? await clock.sleep(for: .seconds(5))) != nil {
            if status.snapshot.isInDoubt || shared.withLock({ $0.state.kept.isEmpty }) { continue }
            let now = clock.now
            change(isNews: false) { $0.forgetOverdue(now) }
        }
    }

    /// Forgets what is kept of a group, or of all.
    ///
    /// - Returns: whether anything was.
    @discardableResult func forgetKept(_ group: String? = nil) -> Bool {
        let names = group.map { [$0] } ?? shared.withLock { $0.state.kept.names }
        let count = count
        for name in names { change(isNews: false) { $0.forget(name) } }
        return self.count < count
    }

    /// The groups of which something is kept that the present log has not told of.
    var keptGroups: [String] { shared.withLock { $0.state.kept.names.sorted() } }

    /// For how many seconds what is kept of a group, or of any, has not been known to be current; `nil` when nothing is kept.
    func keptSeconds(in group: String?) -> Double? {
        if let group { return keptSeconds(group) }
        let now = clock.now
        return shared.withLock { $0.state.kept.oldest }.map { max(0, (now - $0) / .seconds(1)) }
    }

    /// For how many seconds what is kept of the group has not been known to be current.
    func keptSeconds(_ group: String) -> Double? {
        let now = clock.now
        return shared.withLock { $0.state.kept[group] }.map { max(0, (now - $0.since) / .seconds(1)) }
    }

    /// All this was known to be current then, in seconds since 1970.
    func noteKnown(_ moment: Double) {
        shared.withLock { $0.known = moment }
        signal.yield()
    }

    /// For how many seconds nobody has known whether there is anything newer, by the date.
    var age: Double? { shared.withLock { $0.known }.map { Timestamp.now.seconds - $0 } }

    func losePosition() { shared.withLock { $0.state.losePosition() } }

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

    private func publish(_ effects: [CatalogueState.Effect]) {
        for observer in observers.withLock({ $0 }) { observer(effects) }
        signal.yield()
    }

    // MARK: Asking

    /// Whether there has ever been a listing: before, nobody knows what exists.
    var wasListed: Bool { shared.withLock { $0.state.wasListed } }
    var position: CatalogueState.Position? { shared.withLock { $0.state.position } }
    /// See ``CatalogueState/start``.
    var start: CatalogueState.Position? { shared.withLock { $0.state.start } }
    var count: Int { shared.withLock { $0.state.datasets.count } }
    var groups: [Group] { shared.withLock { $0.state.groups.values.map(\.group).sorted { $0.name < $1.name } } }

    /// For how many seconds the group's publisher has not been there; `nil` while it is.
    func offlineSeconds(_ name: String, _ broker: BrokerStatus.Snapshot) -> Double? {
        shared.withLock { $0.offlineSeconds(name, broker.now) }
    }

    /// For how many seconds a dataset's publisher has not been there, and for how many the dataset has been kept; `nil` when it
    /// is there, and when it is not kept.
    func doubts(_ path: DatasetPath, _ broker: BrokerStatus.Snapshot) -> (offline: Double?, kept: Double?) {
        shared.withLock { shared in
            let offline = shared.offlineSeconds(path.group, broker.now)
            guard !shared.state.kept.isEmpty, shared.state.datasets[path]?.isKept == true else { return (offline, nil) }
            return (offline, shared.state.kept[path.group].map { max(0, (broker.now - $0.since) / .seconds(1)) })
        }
    }

    func group(_ name: String) -> Group? { shared.withLock { $0.state.groups[name]?.group } }
    func entry(_ path: DatasetPath) -> CatalogueState.Entry? { shared.withLock { $0.state.datasets[path] } }

    /// Another number after datasets have come or gone.
    var namesGeneration: Int { shared.withLock { $0.generation } }

    /// All paths, sorted by their bytes.
    var paths: SortedPaths { shared.withLock { $0.state.datasets.paths } }

    /// What a pattern stands for now: a dataset or folder of that very name where there is one, else what matches.
    func meaning(of pattern: PathPattern) -> PathPattern {
        guard pattern.isGlob else { return pattern }
        let isName = (try? DatasetPath(pattern.text)).map { entry($0) != nil } ?? false
        return isName || !paths.range(of: pattern.text + "/").isEmpty ? pattern.literal : pattern
    }

    /// The paths that a pattern stands for now.
    func paths(matching pattern: PathPattern) -> [DatasetPath] {
        if let path = try? DatasetPath(pattern.text), entry(path) != nil { return [path] }
        let pattern = meaning(of: pattern), paths = paths
        return paths[paths.range(of: pattern.literalPrefix)].filter { pattern.matches($0.text) }
    }

    /// How many times a path is compared with a pattern before others have their turn.
    private static let comparisons = 20_000

    /// The paths that one of these patterns stands for, sorted; all without a pattern. The work is done in slices, between
    /// which others use the pool, and not for who has gone.
    ///
    /// - Throws: `CancellationError`.
    func paths(matchingAny patterns: [PathPattern], on pool: BlockingPool) async throws -> [DatasetPath] {
        guard !patterns.isEmpty else { return try await pool.run { [self] () throws in Array(paths) } }
        var found: Set<DatasetPath> = []
        for pattern in patterns {
            let path = (try? DatasetPath(pattern.text)).flatMap { entry($0) == nil ? nil : $0 }
            let some =
                if let path { [path] } else { try await paths(matching: meaning(of: pattern), on: pool) }
            if patterns.count == 1 { return some }
            found.formUnion(some)
        }
        return try await pool.run { [found] () throws in found.sorted() }
    }

    private func paths(matching pattern: PathPattern, on pool: BlockingPool) async throws -> [DatasetPath] {
        let paths = paths, range = paths.range(of: pattern.literalPrefix)
        var found: [DatasetPath] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let end = paths.index(index, offsetBy: Self.comparisons, limitedBy: range.upperBound) ?? range.upperBound
            let slice = index..<end
            found += try await pool.run { () throws in paths[slice].filter { pattern.matches($0.text) } }
            index = end
        }
        return found
    }

    /// The paths that begin with `folder` and a slash, sorted.
    func paths(below folder: String) -> [DatasetPath] {
        let paths = paths
        return Array(paths[paths.range(of: folder + "/")])
    }

    /// A dataset that has the version now.
    func path(of version: Version) -> DatasetPath? { shared.withLock { $0.state.datasets.path(of: version) } }

    /// Whether a dataset has the version now.
    func has(_ version: Version) -> Bool { path(of: version) != nil }

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
        await pool.run { [self] in
            do {
                try save()
            } catch {
                log.error("the catalogue could not be saved; it is tried again with the next change", ["error": error])
            }
        }
    }

    private func groups(_ state: CatalogueState) -> CatalogueStore.Groups {
        let now = clock.now, date = Timestamp.now.seconds
        return CatalogueStore.Groups(
            entries: state.groups.map { ($0.value, state.announcedNumber($0.key)) },
            kept: state.kept.names.compactMap { name in
                state.kept[name].map { (name, $0.beyond, date - max(0, (now - $0.since) / .seconds(1))) }
            })
    }

    private func saveWhenMuch() throws {
        if shared.withLock({ $0.unsaved.size }) > Self.unsavedLimit { try save() }
    }

    private func save() throws {
        try saving.withLock { _ in
            let (batch, groups, place) = shared.withLock { shared in
                let groups = shared.groupsChanged ? self.groups(shared.state) : nil
                shared.groupsChanged = false
                let place = CatalogueStore.Place(
                    position: shared.state.position, lost: shared.state.lost, known: shared.known)
                return (shared.unsaved.begin(), groups, place)
            }
            do {
                try store.save(batch, groups: groups, at: place)
                shared.withLock { $0.unsaved.succeeded() }
            } catch {
                shared.withLock { shared in
                    shared.unsaved.failed()
                    if groups != nil { shared.groupsChanged = true }
                }
                throw error
            }
        }
    }
}

import Catalogue
import Platform
import Synchronization

/// Sees to it that what is followed and wanted is held, in the version that the catalogue names.
///
///     FOLDER/files/GROUP/PATH     hard links to the mirrors that are complete, for other programs to open
final class MirrorKeeper: Sendable {
    private struct Shared {
        var holdings: Holdings
        /// Why a version that is wanted could not be had at the last attempt.
        var failures: [Version: FetchFailure] = [:]
        /// The versions that are complete, known to be so on disk, and in place under the datasets' own paths.
        var settled: [DatasetPath: Version] = [:]
        /// Datasets that the catalogue no longer has, since when: it may be about to have them again.
        var removed: [DatasetPath: ContinuousClock.Instant] = [:]
    }

    /// How long mirrors of removed datasets are kept: a broker that lost its state looks like a removal of all.
    static let grace = Duration.seconds(600)

    let copy: CatalogueCopy
    let library: MirrorLibrary
    let transfers: TransferService
    private let directory: any SourceDirectory
    private let store: HoldingsStore
    private let links: FileLinks
    let pool: BlockingPool
    private let log: Logger
    private let shared: Locked<Shared>
    private let onProgress: @Sendable (MirrorProgress) -> Void
    private let due: AsyncStream<DatasetPath>
    private let makeDue: AsyncStream<DatasetPath>.Continuation
    private let queued = Locked<Set<DatasetPath>>([])

    init(
        copy: CatalogueCopy, library: MirrorLibrary, transfers: TransferService, directory: any SourceDirectory,
        store: HoldingsStore, links: FileLinks, pool: BlockingPool, log: Logger,
        onProgress: @escaping @Sendable (MirrorProgress) -> Void
    ) throws {
        self.copy = copy
        self.library = library
        self.transfers = transfers
        self.directory = directory
        self.store = store
        self.links = links
        self.pool = pool
        self.log = log
        self.onProgress = onProgress
        shared = Locked(Shared(holdings: try store.load()))
        (due, makeDue) = AsyncStream.makeStream()
        copy.observe { [weak self] in self?.observe($0) }
        transfers.observe { [weak self] in self?.observe($0, $1) }
    }

    // MARK: Asking

    var followed: [PathPattern] { shared.withLock { $0.holdings.followed } }
    func isFollowed(_ path: DatasetPath) -> Bool { shared.withLock { $0.holdings.isFollowed(path) } }
    /// The paths of which something is held or wanted.
    var heldPaths: [DatasetPath] { shared.withLock { Array($0.holdings.byPath.keys) } }
    /// Whether all of a version is held, and in place for other programs.
    func isSettled(_ path: DatasetPath, _ version: Version) -> Bool { shared.withLock { $0.settled[path] == version } }
    func holding(_ path: DatasetPath) -> Holdings.Holding? { shared.withLock { $0.holdings[path] } }

    /// Mirrors that are being completed.
    var runningCount: Int { library.wantedCount }

    /// How far a dataset's current version is.
    func progress(of path: DatasetPath) -> MirrorProgress? {
        guard let entry = copy.entry(path) else { return nil }
        return progress(path, entry.version, entry.size)
    }

    private func progress(_ path: DatasetPath, _ version: Version, _ size: Int64) -> MirrorProgress {
        let summary = library.summary(version)
        let (failure, holding, settled) = shared.withLock {
            ($0.failures[version], $0.holdings[path], $0.settled[path])
        }
        let state: MirrorProgress.State =
            if settled == version {
                .complete
            } else if let failure, failure.reason == .corrupt || failure.reason == .storage {
                .failed
            } else if holding?.isWanted == true {
                .running
            } else {
                .idle
            }
        return MirrorProgress(
            path: path, version: version, state: state, held: summary?.held ?? 0, size: size,
            error: state == .complete ? nil : failure?.message)
    }

    // MARK: Following and wanting

    func follow(_ patterns: [PathPattern]) async throws {
        let followed = shared.withLock { shared in
            shared.holdings.follow(patterns)
            return shared.holdings.followed
        }
        try await pool.run { [store] in try store.save(followed: followed) }
        // What is complete already shall stay so.
        for path in heldPaths where patterns.contains(where: { $0.matches(path.text) }) { enqueue(path) }
    }

    func unfollow(_ patterns: [PathPattern]) async throws {
        let followed = shared.withLock { shared in
            shared.holdings.unfollow(patterns)
            return shared.holdings.followed
        }
        try await pool.run { [store] in try store.save(followed: followed) }
        for path in heldPaths where patterns.contains(where: { $0.matches(path.text) }) { enqueue(path) }
    }

    /// Holds all of the datasets' current versions, now or as soon as it can be done; survives restarts.
    func want(_ paths: [DatasetPath]) async throws {
        shared.withLock { shared in
            for path in paths {
                shared.holdings.want(path)
                if let version = copy.entry(path)?.version { shared.failures[version] = nil }
            }
        }
        try await save()
        for path in paths { enqueue(path) }
    }

    /// The mirror of a dataset's version, for reading; made if need be.
    func mirror(of path: DatasetPath, version: Version) async throws -> Mirror {
        let holding = holding(path)
        let mirror = try await library.mirror(
            of: version, of: path, since: holding?.version, from: { [directory] in directory.sources(of: path) },
            filler: transfers)
        guard holding?.version != version else { return mirror }
        if mirror.isComplete {
            await completed(mirror)
        } else {
            try await adopt(mirror, path, instead: holding?.version)
        }
        return mirror
    }

    /// The mirror is what is held of the dataset from now on, unless an older version is held completely: that stays
    /// until this one is complete as well.
    private func adopt(_ mirror: Mirror, _ path: DatasetPath, instead old: Version?) async throws {
        if let old, old != mirror.version {
            if library.summary(old)?.isComplete == true { return }
            library.abandon(old)
        }
        shared.withLock { $0.holdings.hold(path, mirror.version) }
        try await save()
        if let old, old != mirror.version { await removeUnreferenced([old]) }
    }

    // MARK: Running

    /// Acts on changes until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.library.run { await self.completed($0) } }
            group.addTask { await self.sweep() }
            for path in self.heldPaths { self.enqueue(path) }
            for await path in self.due {
                self.queued.withLock { _ = $0.remove(path) }
                // Its own task: the manifest of one must not wait for that of another.
                if !self.transfers.submit({ await self.reconcile(path) }) { break }
            }
            group.cancelAll()
        }
    }

    private func enqueue(_ path: DatasetPath) {
        if queued.withLock({ $0.insert(path).inserted }) { makeDue.yield(path) }
    }

    private func observe(_ effects: [CatalogueState.Effect]) {
        for effect in effects {
            switch effect {
            case .put(let path, _, _, _), .removed(let path, _, _):
                if shared.withLock({ $0.holdings[path] != nil }) { enqueue(path) }
            case .group(let group, _, _):
                guard group.online else { continue }
                let waiting = shared.withLock { shared in
                    shared.holdings.byPath.filter { $0.value.isWanted && $0.key.group == group.name }.map(\.key)
                }
                for path in waiting { enqueue(path) }
            }
        }
    }

    private func observe(_ mirror: Mirror, _ failure: FetchFailure?) {
        shared.withLock { $0.failures[mirror.version] = failure }
        if failure == nil { library.progressed(mirror) }
        for path in mirror.askedFor { onProgress(progress(path, mirror.version, mirror.manifest.size)) }
    }

    /// Does what the catalogue and the holdings ask for, for one dataset.
    private func reconcile(_ path: DatasetPath) async {
        guard let holding = holding(path) else { return }
        guard let current = copy.entry(path)?.version else { return await vanished(path) }
        shared.withLock { $0.removed[path] = nil }
        let isComplete = library.summary(current)?.isComplete ?? false
        do {
            guard isComplete || holding.isWanted else { return }
            let mirror = try await library.mirror(
                of: current, of: path, since: holding.version, from: { [directory] in directory.sources(of: path) },
                filler: transfers)
            if mirror.isComplete { return await completed(mirror) }
            try await adopt(mirror, path, instead: holding.version)
            mirror.wantAll(true)
            mirror.pauseEnded()
        } catch {
            let failure = error as? FetchFailure ?? FetchFailure(.storage, "\(error)")
            shared.withLock { $0.failures[current] = failure }
            onProgress(progress(path, current, copy.entry(path)?.size ?? 0))
            if !Task.isCancelled { await tryAgain(path, current, failure) }
        }
    }

    private func tryAgain(_ path: DatasetPath, _ version: Version, _ failure: FetchFailure) async {
        log.debug("a dataset that is wanted cannot be had now", ["path": path, "error": failure])
        guard (try? await Task.sleep(for: .milliseconds(Int.random(in: 500...1000)))) != nil else { return }
        if copy.entry(path)?.version == version { enqueue(path) }
    }

    /// The dataset is in the catalogue no more: its copy disappears, its mirror stays for a while.
    private func vanished(_ path: DatasetPath) async {
        shared.withLock { shared in
            if shared.removed[path] == nil { shared.removed[path] = .now }
        }
        shared.withLock { $0.settled[path] = nil }
        await pool.run { [links] in links.remove(path) }
    }

    /// A mirror is complete and known to be so on disk.
    private func completed(_ mirror: Mirror) async {
        guard library.summary(mirror.version)?.isComplete == true else { return }
        for path in mirror.askedFor where copy.entry(path)?.version == mirror.version {
            let superseded = shared.withLock { shared -> Version? in
                let old = shared.holdings[path]?.version
                shared.holdings.hold(path, mirror.version)
                shared.holdings.want(path, shared.holdings.isFollowed(path))
                return old == mirror.version ? nil : old
            }
            let source = library.path(of: mirror.version)
            await pool.run { [links, log] in
                do { try links.set(path, to: source) } catch {
                    log.warning("the copy for other programs could not be made", ["path": path, "error": error])
                }
            }
            try? await save()
            shared.withLock { $0.settled[path] = mirror.version }
            onProgress(progress(path, mirror.version, mirror.manifest.size))
            if let superseded { await removeUnreferenced([superseded]) }
        }
        mirror.wantAll(false)
    }

    // MARK: Cleaning up

    private func sweep() async {
        while (try? await Task.sleep(for: .seconds(60))) != nil {
            let now = ContinuousClock.now
            shared.withLock { shared in
                // Of versions that came and went.
                if shared.failures.count > 10_000 { shared.failures = [:] }
                for (path, since) in shared.removed where now - since > Self.grace {
                    shared.removed[path] = nil
                    if copy.entry(path) == nil { shared.holdings.forget(path) }
                }
            }
            try? await save()
            await removeUnreferenced(library.versions)
        }
    }

    private func removeUnreferenced(_ versions: [Version]) async {
        let held = shared.withLock { Set($0.holdings.byPath.values.compactMap(\.version)) }
        let candidates = versions.filter { !held.contains($0) }
        let current = copy.current(among: Set(candidates))
        await library.remove(candidates.filter { !current.contains($0) })
    }

    private func save() async throws {
        let unsaved = shared.withLock { $0.holdings.takeUnsaved() }
        guard !unsaved.isEmpty else { return }
        try await pool.run { [store] in try store.save(unsaved) }
    }
}

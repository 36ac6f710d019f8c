import Catalogue
import Platform
import Storage
import Synchronization
import Wire

/// Sees to it that what is followed and wanted is held, in the version that the catalogue names.
///
///     FOLDER/files/GROUP/PATH     copies of the mirrors that are complete, for other programs to open: ``FileLinks``
final class MirrorKeeper: Sendable {
    struct Shared {
        var holdings: Holdings
        /// Why a version that is wanted could not be had at the last attempt.
        var failures: [Version: FetchFailure] = [:]
        /// The versions that are complete, known to be so on disk, and in place under the datasets' own paths.
        var settled: [DatasetPath: Version] = [:]
        /// Of those, the ones whose copy for other programs could not be made; it is tried again.
        var withoutCopy: Set<DatasetPath> = []
        /// Whether the disk is being tried.
        var isTryingDisk = false
        /// Datasets that the catalogue no longer has, since when: it may be about to have them again.
        var removed: [DatasetPath: ContinuousClock.Instant] = [:]
        var fills = FillTable()
        var superseded = Superseded()
        /// Whose manifest is being fetched: who asks for the dataset meanwhile takes no place of others to wait for it.
        var beginning: [DatasetPath: Version] = [:]
        /// Those that somebody has asked for by name: they do not wait for all that is followed.
        var asked: Set<DatasetPath> = []
        /// When the progress of a version was told last.
        var told: [Version: ContinuousClock.Instant] = [:]
        /// Bytes on disk of what must stay, as they were lately.
        var kept: (time: ContinuousClock.Instant, bytes: Int64)?
        /// Versions that nobody refers to: they go as soon as nobody reads them.
        var leftover: Set<Version> = []
        /// Datasets to be looked at that are in the queue already.
        var due: Set<DatasetPath> = []
    }

    let copy: CatalogueCopy
    let library: MirrorLibrary
    let transfers: TransferService
    let directory: any SourceDirectory
    let links: FileLinks
    let pool: BlockingPool
    let log: Logger
    let shared: Locked<Shared>
    let onProgress: @Sendable (MirrorProgress) -> Void
    /// Held while a dataset's copy for other programs is put in place or taken away.
    let placing = KeyedLocks<DatasetPath>()
    /// So many manifests of a group are fetched at the same time; one group's dead publisher holds up nobody else.
    let meeting = KeyedLocks<String>(4)
    private let leftover: AsyncStream<Void>
    private let signalLeftover: AsyncStream<Void>.Continuation
    /// Room is made by one at a time.
    let making = KeyedLocks<Int>()
    private let store: HoldingsStore
    /// Writes holdings one after the other, so that what is on disk is what was decided last.
    private let writer = BlockingPool(name: "subscriber-holdings", threads: 1)
    private let due: AsyncStream<DatasetPath>
    private let makeDue: AsyncStream<DatasetPath>.Continuation

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
        links.clean()
        shared = Locked(Shared(holdings: try store.load()))
        (due, makeDue) = AsyncStream.makeStream()
        (leftover, signalLeftover) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        copy.observe { [weak self] in self?.observe($0) }
        transfers.observe { [weak self] in self?.observe($0, $1) }
        transfers.keepRoom(self)
        library.onTouched.withLock { $0 = { [weak self] in self?.touched($0, isReplaced: $1) } }
        library.onTrouble.withLock { $0 = { [weak self] in self?.tryDisk() } }
    }

    // MARK: Asking

    var followed: FollowedPatterns { shared.withLock { $0.holdings.followed } }
    /// The paths of which something is held or wanted.
    var heldPaths: [DatasetPath] { shared.withLock { Array($0.holdings.byPath.keys) } }
    /// Whether all of a version is held, and in place for other programs.
    func isSettled(_ path: DatasetPath, _ version: Version) -> Bool { shared.withLock { $0.settled[path] == version } }
    func holding(_ path: DatasetPath) -> Holdings.Holding? { shared.withLock { $0.holdings[path] } }

    /// The version of which something was held when a newer one was announced, and since when, until the current one is read.
    func superseded(_ path: DatasetPath) -> Superseded.Entry? { shared.withLock { $0.superseded[path] } }

    /// The dataset's current version has been read: nobody needs the one before.
    func wasRead(_ path: DatasetPath, _ version: Version) async {
        let old = shared.withLock { shared in
            shared.superseded[path] != nil && copy.entry(path)?.version == version ? shared.superseded.end(path) : nil
        }
        if let old, old != version { await removeUnreferenced([old]) }
    }

    /// Datasets that are being completed.
    var runningCount: Int { shared.withLock { $0.fills.count } }

    /// How far a dataset's current version is.
    func progress(of path: DatasetPath) -> MirrorProgress? {
        guard let entry = copy.entry(path) else { return nil }
        return progress(path, entry.version, entry.size)
    }

    func progress(_ path: DatasetPath, _ version: Version, _ size: Int64) -> MirrorProgress {
        let summary = library.summary(version)
        let (failure, holding, settled) = shared.withLock {
            ($0.failures[version], $0.holdings[path], $0.settled[path])
        }
        let state: MirrorProgress.State =
            if settled == version {
                .complete
            } else if let failure, failure.reason == .corrupt || failure.isLocal {
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

    /// Follows the patterns: what shall be fetched of them is, from now on.
    func follow(_ patterns: [PathPattern], _ manner: FollowedPatterns.Manner) async throws {
        try await changeFollowed(by: patterns) { $0.follow(patterns, manner) }
        guard manner.isWhole else { return }
        await pool.run { [self] in
            for pattern in patterns { for path in copy.paths(matching: pattern) { enqueue(path) } }
        }
    }

    /// Ends what following began; what is held stays.
    func unfollow(_ patterns: [PathPattern]) async throws {
        try await changeFollowed(by: patterns) { $0.remove(patterns) }
    }

    /// What cannot be saved is not changed.
    private func changeFollowed(
        by patterns: [PathPattern], _ change: @escaping @Sendable (inout FollowedPatterns) -> Void
    ) async throws {
        let outcome = await writer.run { [self] in
            Result {
                var followed = followed
                change(&followed)
                guard followed.isWithinLimits else {
                    throw Refusal(
                        409,
                        "at most \(FollowedPatterns.limit) names can be followed, \(FollowedPatterns.globLimit) of them "
                            + "globs: follow whole folders or groups")
                }
                try store.save(followed)
                shared.withLock { $0.holdings.follow(followed) }
            }
        }
        try outcome.get()
        // What is complete already shall stay so, or need not any more.
        let concerned = FollowedPatterns(patterns)
        await pool.run { [self] in
            for path in heldPaths where concerned.cover(path) {
                shared.withLock { if !$0.holdings.followed.cover(path) { $0.holdings.leave(path) } }
                enqueue(path)
            }
        }
    }

    /// Holds all of the datasets' current versions, now or as soon as it can be done; survives restarts.
    func want(_ paths: [DatasetPath]) async throws {
        shared.withLock { shared in
            for path in paths {
                shared.holdings.want(path)
                shared.asked.insert(path)
                if let version = copy.entry(path)?.version { shared.failures[version] = nil }
            }
        }
        try await save()
        for path in paths { enqueue(path) }
    }

    /// The mirror of a dataset's version, for reading; made if need be, also when the disk is full and something may go.
    func mirror(of path: DatasetPath, version: Version) async throws -> Mirror {
        do {
            return try await madeMirror(of: path, version: version)
        } catch let error where error is StorageError || error is SystemError {
            let failure = FetchFailure(disk: error)
            library.note(failure)
            guard failure.reason == .noRoom, await relieveDisk(of: 1 << 20) else { throw failure }
        }
        do {
            return try await madeMirror(of: path, version: version)
        } catch let error where error is StorageError || error is SystemError {
            throw FetchFailure(disk: error)
        }
    }

    private func madeMirror(of path: DatasetPath, version: Version) async throws -> Mirror {
        let holding = holding(path)
        let mirror = try await library.mirror(
            of: version, of: path, since: holding?.version, from: { [directory] in directory.sources(of: path) },
            filler: transfers)
        guard holding?.version != version else { return mirror }
        if library.isSaved(version) { await settle(path, version) } else { try await adopt(mirror, path) }
        // It was superseded while it was made.
        if copy.entry(path)?.version != version { noteLeftover([version]) }
        return mirror
    }

    // MARK: Running

    /// Acts on changes until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                await self.library.run {
                    self.isReferred(to: $0)
                } onComplete: {
                    self.completed($0)
                } afterSaving: {
                    await self.makeRoom()
                }
            }
            group.addTask { await self.sweep() }
            group.addTask { for await _ in self.leftover { await self.removeLeftover() } }
            for path in self.heldPaths { self.enqueue(path) }
            group.addTask { await self.beginFollowing() }
            for await path in self.due {
                self.shared.withLock { _ = $0.due.remove(path) }
                // Its own task: the manifest of one must not wait for that of another.
                if !self.transfers.submit({ await self.reconcile(path) }) { break }
            }
            group.cancelAll()
        }
    }

    /// What has been published since the last run is fetched, too.
    private func beginFollowing() async {
        let followed = followed
        guard followed.fetchesAny else { return }
        await pool.run { [self] in for path in copy.paths where followed.fetch(path) { enqueue(path) } }
    }

    func enqueue(_ path: DatasetPath) {
        if shared.withLock({ $0.due.insert(path).inserted }) { makeDue.yield(path) }
    }

    /// Mirrors that nobody refers to are still in use.
    func noteLeftover(_ versions: [Version]) {
        shared.withLock { $0.leftover.formUnion(versions) }
        signalLeftover.yield()
    }

    // MARK: Saving

    func save() async throws {
        let outcome = await writer.run { [self] in
            Result {
                let unsaved = shared.withLock { $0.holdings.takeUnsaved() }
                do {
                    try store.save(unsaved)
                } catch {
                    shared.withLock { $0.holdings.putBack(unsaved) }
                    throw error
                }
            }
        }
        try outcome.get()
    }
}

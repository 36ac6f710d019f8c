import Catalogue
import Platform
import Synchronization

/// All mirrors: their files, their index, and those that are open.
///
///     FOLDER/mirrors/VERSION     the bytes, sparse
final class MirrorLibrary: Sendable {
    let folder: String
    let index: MirrorIndex
    private let fetcher: Fetcher
    let pool: BlockingPool
    let log: Logger
    /// Bytes that may be held; `nil` for as many as there is room for.
    let limit: Int64?
    let table: Locked<MirrorTable>
    let ledger: Locked<RoomLedger>
    /// Whether the file system gives back the space of a part of a file.
    let hasHoles = Locked(true)
    let opening = KeyedLocks<Version>()
    private let openFiles: OpenFiles
    /// Is told when a mirror's file was not as it was left; and whether another has taken its place.
    let onTouched = Locked<(@Sendable (Mirror, _ isReplaced: Bool) -> Void)?>(nil)
    /// What is wrong with the disk, as far as it is known; the disk is tried until nothing is.
    let trouble = Locked<FetchFailure?>(nil)
    let onTrouble = Locked<(@Sendable () -> Void)?>(nil)
    private let dirty: AsyncStream<Void>
    private let markDirty: AsyncStream<Void>.Continuation

    /// Blocks: reads the index.
    init(
        folder: String, limit: Int64?, index: MirrorIndex, fetcher: Fetcher, pool: BlockingPool, log: Logger,
        openLimit: Int
    ) throws {
        self.folder = folder
        self.limit = limit
        self.index = index
        self.fetcher = fetcher
        self.pool = pool
        self.log = log
        try FileSystem.createDirectories(folder)
        openFiles = OpenFiles(limit: openLimit)
        let (table, ledger) = try Self.takeStock(
            of: folder, index, RoomLedger(limit: limit), idleLimit: min(64, openLimit / 2))
        self.table = Locked(table)
        self.ledger = Locked(ledger)
        hasHoles.withLock { $0 = Self.hasHoles(folder) }
        (dirty, markDirty) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        // The limit may be another than it was.
        markDirty.yield()
    }

    /// An index without its file is nothing, a file without its index is rubbish, and one that has changed behind the
    /// index has to be read again.
    private static func takeStock(
        of folder: String, _ index: MirrorIndex, _ empty: RoomLedger, idleLimit: Int
    ) throws -> (MirrorTable, RoomLedger) {
        var ledger = empty
        var table = MirrorTable(summaries: try index.summaries(), idleLimit: idleLimit)
        for (version, summary) in table.summaries {
            let file = try? FileIdentity(path: path(folder, version), followingLinks: false)
            if let file, file.kind == .regular {
                let isAsIndexed = summary.held == 0 ? file.size == summary.size : summary.matches(file)
                if !isAsIndexed { table.doubt(version) }
                ledger.set(version, (try? FileSystem.allocatedBytes(path(folder, version))) ?? file.size)
            } else {
                table.forget(version)
                try index.remove(version)
            }
        }
        for entry in try FileSystem.list(folder).entries {
            if let version = Version(entry.name), table.summaries[version] != nil { continue }
            try? FileSystem.unlink("\(folder)/\(entry.name)")
        }
        return (table, ledger)
    }

    private static func path(_ folder: String, _ version: Version) -> String { "\(folder)/\(version)" }
    func path(of version: Version) -> String { Self.path(folder, version) }

    // MARK: Asking

    /// What is held of a version; open mirrors are ahead of the index.
    func summary(_ version: Version) -> MirrorIndex.Summary? {
        let (summary, mirror) = table.withLock { ($0.summaries[version], $0[version]) }
        guard let mirror else { return summary }
        return .init(size: mirror.manifest.size, held: mirror.heldBytes, isComplete: mirror.isComplete)
    }

    /// Whether all of a version is held, and known to be so on disk.
    func isSaved(_ version: Version) -> Bool { table.withLock { $0.summaries[version]?.isComplete == true } }

    /// Whether a version's file is not what the index remembers, and has not been read since.
    func isDoubtful(_ version: Version) -> Bool { table.withLock { $0.doubtful.contains(version) } }

    /// Whether there is a mirror of the version.
    func has(_ version: Version) -> Bool { table.withLock { $0.summaries[version] != nil } }

    /// The mirror of a version, if it is open.
    func opened(_ version: Version) -> Mirror? { table.withLock { $0[version] } }

    /// Number of mirrors, of complete ones, bytes held, and bytes of the files that they are of.
    var totals: (count: Int, complete: Int, held: Int64, size: Int64) {
        table.withLock { table in
            let all = table.summaries.values
            return (
                all.count, all.count { $0.isComplete }, Tally(all.lazy.map(\.held)).value,
                Tally(all.lazy.map(\.size)).value
            )
        }
    }

    var versions: [Version] { table.withLock { Array($0.summaries.keys) } }

    // MARK: Opening

    /// The mirror of a version, if anything is known of it here.
    func existing(_ version: Version, filler: any MirrorFilling) async throws -> Mirror? {
        if let mirror = opened(version), mirror.isAsKnown { return mirror }
        guard table.withLock({ $0.summaries[version] != nil }) else { return nil }
        return try await opening.with(version) {
            if let mirror = opened(version), !mirror.isAsKnown { try await examine(mirror) }
            return try await known(version, filler)
        }
    }

    /// The mirror of a version, made if need be: its manifest is fetched, and what it has in common with `old` is copied.
    ///
    /// - Parameter isWanted: asked while it copies: of a version that is superseded meanwhile the rest is not worth writing.
    func mirror(
        of version: Version, of path: DatasetPath, since old: Version?, from sources: @Sendable () -> [Source],
        filler: any MirrorFilling, isWanted: @Sendable @escaping () -> Bool = { true }
    ) async throws -> Mirror {
        if let mirror = try await existing(version, filler: filler) {
            mirror.note(path)
            return mirror
        }
        let predecessor: Mirror? = if let old, old != version { try await existing(old, filler: filler) } else { nil }
        return try await opening.with(version) {
            if let mirror = try await known(version, filler) {
                mirror.note(path)
                return mirror
            }
            let manifest = try await fetcher.manifest(of: version, since: predecessor?.manifest, from: sources())
            try await pool.run { [index] in try index.add(manifest) }
            let empty = ChunkSet(capacity: manifest.chunks.count)
            let mirror = try await open(.init(manifest: manifest, present: empty), filler)
            mirror.note(path)
            filler.happened(.requested, to: mirror)
            if let predecessor { try await carryOver(from: predecessor, to: mirror, isWanted) }
            return mirror
        }
    }

    /// The mirror, if there is one. The caller has the version's lock.
    func known(_ version: Version, _ filler: any MirrorFilling) async throws -> Mirror? {
        if let mirror = opened(version) { return mirror }
        guard table.withLock({ $0.summaries[version] != nil }) else { return nil }
        guard let entry = try await pool.run({ [index] in try index.load(version) }) else { return nil }
        return try await open(entry, filler)
    }

    private func open(_ entry: MirrorIndex.Entry, _ filler: any MirrorFilling) async throws -> Mirror {
        let version = entry.manifest.version
        let (path, isDoubtful) = (path(of: version), isDoubtful(version))
        let place = try await placeToOpen()
        let (mirror, isAsIndexed) = try await pool.run { [log, window] in
            try MirrorFile(path, entry, isDoubtful: isDoubtful, log).mirror(filler, window: window, place: place)
        }
        table.withLock { $0.opened(mirror) }
        if !isAsIndexed {
            progressed(mirror)
            // Its copies may be gone as well, or be the damaged file.
            onTouched.withLock { $0 }?(mirror, !mirror.isComplete)
        }
        closeIdle()
        return mirror
    }

    /// Room for one more open file. Where there is none, mirrors that nobody uses are closed, as soon as the index knows what
    /// they have.
    private func placeToOpen() async throws -> OpenFiles.Place {
        for _ in 0..<250 {
            if let place = openFiles.place() { return place }
            table.withLock { $0.closeIdle(isShort: true) }
            if let place = openFiles.place() { return place }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw FetchFailure(
            .busy, "all \(openFiles.limit) files that may be open are being read: try again, or raise ulimit -n")
    }

    /// Copies the chunks that both versions have, wherever they have moved to. Whoever asked first may leave meanwhile:
    /// what is not copied would have to be fetched.
    private func carryOver(
        from old: Mirror, to mirror: Mirror, _ isWanted: @Sendable @escaping () -> Bool
    ) async throws {
        let outcome = await pool.run { [fetcher] in
            Result { fetcher.counters.saved(try mirror.takeOver(from: old, while: isWanted)) }
        }
        try outcome.get()
    }

    // MARK: Saving

    /// A mirror has new chunks: the index learns of it soon.
    func progressed(_ mirror: Mirror) {
        if table.withLock({ $0.unsaved.insert(mirror.version).inserted }) { markDirty.yield() }
    }

    /// The mirror is needed again, and what it has may not be written down yet.
    func saveAgain(_ mirror: Mirror) {
        if table.withLock({ $0.unsaved.contains(mirror.version) }) { markDirty.yield() }
    }

    /// Writes the index behind the chunks, until the task is cancelled; then once more.
    ///
    /// - Parameters:
    ///   - isNeeded: of other mirrors nothing is written down: they are about to be removed.
    ///   - onComplete: called for each mirror that the index has come to know as complete.
    ///   - afterSaving: called after each time; nothing is saved meanwhile.
    func run(
        isNeeded: @Sendable (Version) -> Bool, onComplete: @Sendable (Mirror) -> Void,
        afterSaving: @Sendable () async -> Void
    ) async {
        for await _ in dirty {
            let isSaved = await save(isNeeded, onComplete)
            await afterSaving()
            guard (try? await Task.sleep(for: isSaved ? .milliseconds(250) : .seconds(2))) != nil else { break }
        }
        _ = await save(isNeeded, onComplete)
    }

    /// - Returns: false when there is more to save, and no room for it now.
    private func save(
        _ isNeeded: @Sendable (Version) -> Bool, _ onComplete: @Sendable (Mirror) -> Void
    ) async -> Bool {
        let needed = table.withLock { $0.unsaved }.filter(isNeeded)
        let mirrors = table.withLock { $0.takeUnsaved(needed) }
        guard !mirrors.isEmpty else { return true }
        let summaries = await pool.run { [self] in
            let all = write(mirrors)
            // One that cannot be written must not keep the others from it.
            return all.count > 1 && all.contains { $0 == nil } ? mirrors.map { write($0) } : all
        }
        for (mirror, summary) in zip(mirrors, summaries) {
            guard let summary else {
                progressed(mirror)
                continue
            }
            table.withLock { $0.saved(mirror.version, summary) }
            if summary.isComplete { onComplete(mirror) }
        }
        closeIdle()
        return !summaries.contains { $0 == nil }
    }

    func write(_ mirror: Mirror) -> MirrorIndex.Summary? { write([mirror])[0] }

    /// More mirrors than these are synchronised by one call for the file system.
    private static let synchronizedOneByOne = 4

    /// Synchronises the files and writes the index, in one transaction. Blocks the thread.
    ///
    /// - Returns: what the index says now of each; `nil` of those of which it could not be written.
    func write(_ mirrors: [Mirror]) -> [MirrorIndex.Summary?] {
        // The sets first: what arrives during the synchronisation is not covered by it.
        let sets = mirrors.map { (held: $0.held, used: $0.used) }
        do {
            if mirrors.count > Self.synchronizedOneByOne {
                try mirrors[0].file.synchronizeFileSystem()
            } else {
                for mirror in mirrors { try mirror.file.synchronize() }
            }
            // What is trusted has been since before it was looked at; a change after that is not to be taken for right.
            let identities = try mirrors.map { try $0.trusted ?? $0.file.identity() }
            let marks = zip(sets, identities).map { pair, identity in
                MirrorIndex.Mark(
                    held: pair.held, stamp: identity.modified, changed: identity.changed, used: pair.used)
            }
            try index.mark(marks)
            for (index, mark) in marks.enumerated() where mark.held.present.isFull {
                mirrors[index].trust(identities[index])
            }
            trouble.withLock { $0 = nil }
            return zip(mirrors, marks).map { mirror, mark in
                MirrorIndex.Summary(
                    size: mirror.manifest.size, held: mark.held.bytes, isComplete: mark.held.present.isFull,
                    stamp: mark.stamp,
                    changed: mark.changed, used: mark.used)
            }
        } catch {
            note(FetchFailure(disk: error))
            log.error("mirrors could not be saved", ["count": mirrors.count, "error": error])
            return mirrors.map { _ in nil }
        }
    }

    /// Closes mirrors that nobody uses, so that descriptors and manifests in memory do not pile up.
    private func closeIdle() {
        let isShort = openFiles.count * 4 > openFiles.limit * 3
        table.withLock { $0.closeIdle(isShort: isShort) }
    }

    /// Tells the index when mirrors were used.
    func saveUse() async {
        let used = table.withLock { $0.takeUsed() }
        guard !used.isEmpty else { return }
        await pool.run { [self] in
            // Lost, the order in which mirrors make room is a little worse.
            do { try index.mark(used: used) } catch { log.warning("uses could not be saved", ["error": error]) }
        }
    }

    // MARK: Removing

    /// Removes mirrors that nobody refers to; those that are in use stay until the next time.
    ///
    /// - Parameter isNeeded: asked when nobody can come by the mirror any more.
    func remove(_ versions: [Version], unless isNeeded: @Sendable (Version) -> Bool) async {
        for version in versions {
            // Fails with cancellation alone: then the next start removes what is left over.
            try? await opening.with(version) {
                guard table.withLock({ $0.close(version, isUnwanted: true) }), !isNeeded(version) else { return }
                table.withLock { $0.forget(version) }
                await pool.run { [self] in delete(version) }
            }
        }
    }

    func delete(_ version: Version) {
        do {
            // The file first: on a disk that is full the index can be written only then. Without its file it is nothing.
            try FileSystem.unlink(path(of: version))
            ledger.withLock { $0.set(version, nil) }
            try index.remove(version)
        } catch {
            log.warning("a mirror could not be removed", ["version": version.short, "error": error])
        }
    }
}

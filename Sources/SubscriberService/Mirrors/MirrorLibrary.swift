import Catalogue
import Platform
import Synchronization

/// All mirrors: their files, their index, and those that are open.
///
///     FOLDER/mirrors/VERSION     the bytes, sparse
final class MirrorLibrary: Sendable {
    private struct Shared {
        var summaries: [Version: MirrorIndex.Summary]
        /// Mirrors that are in use: kept until they are idle and saved.
        var open: [Version: Mirror] = [:]
        /// Mirrors with chunks that the index does not know yet.
        var unsaved: Set<Version> = []
    }

    private let folder: String
    private let index: MirrorIndex
    private let fetcher: Fetcher
    private let pool: BlockingPool
    private let log: Logger
    private let shared: Locked<Shared>
    private let opening = KeyedLocks<Version>()
    private let dirty: AsyncStream<Void>
    private let markDirty: AsyncStream<Void>.Continuation

    /// Blocks: reads the index.
    init(folder: String, index: MirrorIndex, fetcher: Fetcher, pool: BlockingPool, log: Logger) throws {
        self.folder = folder
        self.index = index
        self.fetcher = fetcher
        self.pool = pool
        self.log = log
        try FileSystem.createDirectories(folder)
        var summaries = try index.summaries()
        // An index without its file is nothing; a file without its index is rubbish.
        for version in summaries.keys where (try? FileIdentity(path: Self.path(folder, version)))?.kind != .regular {
            summaries[version] = nil
            try index.remove([version])
        }
        for entry in try FileSystem.list(folder).entries where Version(entry.name).map({ summaries[$0] == nil }) ?? true
        {
            try? FileSystem.unlink("\(folder)/\(entry.name)")
        }
        shared = Locked(Shared(summaries: summaries))
        (dirty, markDirty) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    private static func path(_ folder: String, _ version: Version) -> String { "\(folder)/\(version)" }
    func path(of version: Version) -> String { Self.path(folder, version) }

    // MARK: Asking

    /// What is held of a version; open mirrors are ahead of the index.
    func summary(_ version: Version) -> MirrorIndex.Summary? {
        let (summary, mirror) = shared.withLock { ($0.summaries[version], $0.open[version]) }
        guard let mirror else { return summary }
        return .init(size: mirror.manifest.size, held: mirror.heldBytes, isComplete: mirror.isComplete)
    }

    /// Number of mirrors, of complete ones, bytes held, and bytes of the files that they are of.
    var totals: (count: Int, complete: Int, held: Int64, size: Int64) {
        shared.withLock { shared in
            shared.summaries.values.reduce((0, 0, 0, 0)) {
                ($0.0 + 1, $0.1 + ($1.isComplete ? 1 : 0), $0.2 + $1.held, $0.3 + $1.size)
            }
        }
    }

    var wantedCount: Int { shared.withLock { $0.open.values.count { $0.wantsAll && !$0.isComplete } } }
    var versions: [Version] { shared.withLock { Array($0.summaries.keys) } }

    // MARK: Opening

    /// The mirror of a version, if anything is known of it here.
    func existing(_ version: Version, filler: any MirrorFilling) async throws -> Mirror? {
        if let mirror = shared.withLock({ $0.open[version] }) { return mirror }
        guard shared.withLock({ $0.summaries[version] != nil }) else { return nil }
        return try await opening.with(version) {
            if let mirror = shared.withLock({ $0.open[version] }) { return mirror }
            guard let entry = try await pool.run({ [index] in try index.load(version) }) else { return nil }
            return try await open(entry, filler: filler)
        }
    }

    /// The mirror of a version, made if need be: its manifest is fetched, and what it has in common with `old` is copied.
    func mirror(
        of version: Version, of path: DatasetPath, since old: Version?, from sources: @Sendable () -> [Source],
        filler: any MirrorFilling
    ) async throws -> Mirror {
        if let mirror = try await existing(version, filler: filler) {
            mirror.note(path)
            return mirror
        }
        let predecessor: Mirror? = if let old, old != version { try await existing(old, filler: filler) } else { nil }
        return try await opening.with(version) {
            if let mirror = shared.withLock({ $0.open[version] }) {
                mirror.note(path)
                return mirror
            }
            let manifest = try await fetcher.manifest(of: version, since: predecessor?.manifest, from: sources())
            try await pool.run { [index] in try index.add(manifest) }
            let empty = ChunkSet(capacity: manifest.chunks.count)
            let mirror = try await open(.init(manifest: manifest, present: empty), filler: filler)
            mirror.note(path)
            if let predecessor { try await carryOver(from: predecessor, to: mirror) }
            return mirror
        }
    }

    private func open(_ entry: MirrorIndex.Entry, filler: any MirrorFilling) async throws -> Mirror {
        let (manifest, present) = (entry.manifest, entry.present)
        let path = path(of: manifest.version)
        let mirror = try await pool.run {
            let file = try FileDescriptor(path, .readingAndWriting)
            if try file.identity().size != manifest.size { try file.resize(to: manifest.size) }
            let held = manifest.chunks.indices.reduce(Int64(0)) {
                present.contains($1) ? $0 + manifest.chunks[$1].length : $0
            }
            let mirror = Mirror(manifest: manifest, file: file, present: present, heldBytes: held, filler: filler)
            for (chunk, blocks) in entry.blocks where !present.contains(chunk) {
                try mirror.blocks.restore(chunk, blocks, in: mirror)
            }
            return mirror
        }
        shared.withLock { shared in
            shared.open[manifest.version] = mirror
            shared.summaries[manifest.version] = .init(
                size: manifest.size, held: mirror.heldBytes, isComplete: mirror.isComplete)
        }
        closeIdle()
        return mirror
    }

    /// Copies the chunks that both versions have, wherever they have moved to.
    private func carryOver(from old: Mirror, to mirror: Mirror) async throws {
        try await pool.run { [fetcher] in
            let positions = old.manifest.positions
            let present = old.present
            var saved: Int64 = 0
            for (index, chunk) in mirror.manifest.chunks.enumerated() {
                guard let place = positions[chunk.digest], present.contains(place) else { continue }
                let source = old.manifest.chunks[place]
                guard source.length == chunk.length else { continue }
                try mirror.file.copy(from: old.file, at: source.offset, to: chunk.offset, length: chunk.length)
                saved += chunk.length
                mirror.arrived(index)
            }
            fetcher.counters.saved(saved)
        }
    }

    // MARK: Saving

    /// A mirror has new chunks: the index learns of it soon.
    func progressed(_ mirror: Mirror) {
        shared.withLock { _ = $0.unsaved.insert(mirror.version) }
        markDirty.yield()
    }

    /// Writes the index behind the chunks, until the task is cancelled; then once more.
    ///
    /// - Parameter onComplete: called for each mirror that the index has come to know as complete.
    func run(onComplete: @Sendable (Mirror) async -> Void) async {
        for await _ in dirty {
            await save(onComplete: onComplete)
            guard (try? await Task.sleep(for: .milliseconds(250))) != nil else { break }
        }
        await save(onComplete: onComplete)
    }

    private func save(onComplete: @Sendable (Mirror) async -> Void) async {
        let mirrors = shared.withLock { shared in
            defer { shared.unsaved = [] }
            return shared.unsaved.compactMap { shared.open[$0] }
        }
        for mirror in mirrors {
            let saved = await pool.run { [index, log] in
                // The sets first: what arrives during the synchronisation is not covered by it. Blocks before chunks: what
                // becomes whole in between is in both, and not in neither.
                let blocks = mirror.blocks.held
                let (present, held) = (mirror.present, mirror.heldBytes)
                do {
                    try mirror.file.synchronize()
                    try index.mark(mirror.version, present: present, blocks: blocks, held: held)
                    return present.isFull ? (true, held) : (false, held)
                } catch {
                    log.error("a mirror could not be saved", ["version": mirror.version.short, "error": error])
                    return (false, held)
                }
            }
            shared.withLock { shared in
                shared.summaries[mirror.version]?.held = saved.1
                shared.summaries[mirror.version]?.isComplete = saved.0
            }
            if saved.0 { await onComplete(mirror) }
        }
        closeIdle()
    }

    /// Closes mirrors that nobody uses, so that descriptors and manifests in memory do not pile up.
    func closeIdle(keeping limit: Int = 64) {
        shared.withLock { shared in
            guard shared.open.count > limit else { return }
            for (version, mirror) in shared.open where mirror.isIdle && !shared.unsaved.contains(version) {
                shared.open[version] = nil
            }
        }
    }

    /// Nobody wants the version any more; who reads it finishes.
    func abandon(_ version: Version) { shared.withLock { $0.open[version] }?.wantAll(false) }

    // MARK: Removing

    /// Removes mirrors that nobody refers to. Readers that have one open finish on it.
    func remove(_ versions: [Version]) async {
        let removable = shared.withLock { shared in
            versions.filter { shared.open[$0].map { $0.isIdle } ?? true }
        }
        guard !removable.isEmpty else { return }
        shared.withLock { shared in
            for version in removable {
                shared.open[version] = nil
                shared.summaries[version] = nil
                shared.unsaved.remove(version)
            }
        }
        await pool.run { [index, log, folder] in
            do {
                try index.remove(removable)
                for version in removable { try? FileSystem.unlink(Self.path(folder, version)) }
            } catch {
                log.warning("mirrors could not be removed", ["error": error])
            }
        }
    }
}

import Blosc2
import Catalogue
import Platform
import Synchronization

/// A subscriber's copy of a version: the publisher's file with holes, and the set of chunks that it holds.
final class Mirror: Sendable {
    let manifest: Manifest
    let file: FileDescriptor
    /// Given back when the file is closed.
    private let place: OpenFiles.Place?
    /// Nobody who watches the file sees a writer.
    let isReadOnly: Bool
    /// Who fetches what is missing and is told what has arrived.
    private let filler: any MirrorFilling
    private let state: Locked<MirrorState>
    private let paths = Locked<Set<DatasetPath>>([])
    /// Of chunks that are not held as a whole.
    let blocks = MirrorBlocks()
    /// Held while blocks are put in their places, or chunks are removed.
    let placing = Locked(())
    /// ``UseTime/nanoseconds``.
    private let lastUse: Atomic<Int64>
    /// Readers have what lies ahead of them fetched only so far.
    private let isWindowed: Bool
    /// The file when it was known to be right: of a mirror that is complete.
    private let known = Locked<FileIdentity?>(nil)
    /// Opened as an array once its header, offsets and trailer are there.
    private let opened = Locked<ArrayReader?>(nil)

    var version: Version { manifest.version }

    init(
        manifest: Manifest, file: FileDescriptor, present: ChunkSet, heldBytes: Int64, filler: any MirrorFilling,
        used: UseTime = .zero, window: Int64 = .max, place: OpenFiles.Place? = nil, isReadOnly: Bool = false
    ) {
        self.isReadOnly = isReadOnly
        self.manifest = manifest
        self.file = file
        self.place = place
        self.filler = filler
        state = Locked(MirrorState(present: present, heldBytes: heldBytes, used: used, window: window))
        isWindowed = window < manifest.size
        lastUse = Atomic(used.nanoseconds)
    }

    var isComplete: Bool { state.withLock { $0.isComplete } }
    var isIdle: Bool { state.withLock { $0.isIdle } && blocks.isIdle }
    /// Of whole chunks and of blocks.
    var heldBytes: Int64 { state.withLock { $0.heldBytes } + blocks.heldBytes }
    var present: ChunkSet { state.withLock { $0.present } }
    /// The chunks that are held as a whole, and those that have been asked for.
    var presentAndRequested: (ChunkSet, ChunkSet) { state.withLock { ($0.present, $0.inFlight) } }
    /// Somebody waits for what is missing.
    var isAwaited: Bool { state.withLock { $0.isAwaited } }
    var wantsAll: Bool { state.withLock { $0.wantsAll } }

    /// The datasets that it has been asked for as; where to fetch it follows from their groups.
    var askedFor: Set<DatasetPath> { paths.withLock { $0 } }
    func note(_ path: DatasetPath) { _ = paths.withLock { $0.insert(path) } }

    var arrayReader: ArrayReader? { opened.withLock { $0 } }
    func keep(_ reader: ArrayReader) { opened.withLock { $0 = reader } }

    // MARK: Knowing that it is right

    /// The file was right when it was this.
    func trust(_ identity: FileIdentity) { known.withLock { $0 = identity } }
    var trusted: FileIdentity? { known.withLock { $0 } }

    /// Whether nobody has written to the file, as far as its times and its size show; what is not complete is nobody else's.
    var isAsKnown: Bool {
        guard let known = trusted else { return true }
        return (try? file.identity()) == known
    }

    // MARK: Reading

    /// Whether the rest is to be fetched with nobody waiting, until all is there or it fails; ``kick()`` begins.
    func wantAll() { state.withLock { _ = $0.wantAll(true) } }

    /// Nobody wants the rest any more.
    ///
    /// - Returns: whom to tell, after all locks: requests that nobody waits for.
    func wantNoMore() -> [CheckedContinuation<Void, Never>] { state.withLock { $0.wantAll(false) } }

    /// Returns when nobody wants any more what a worker's request fetches, or with the task's cancellation.
    func untilUnwanted() async {
        let token = Locked<MirrorState.Token?>(nil)
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isWaiting = token.withLock { token in
                    if !Task.isCancelled { token = state.withLock { $0.beginRequest(waiter) } }
                    return token != nil
                }
                if !isWaiting { waiter.resume() }
            }
        } onCancel: {
            token.withLock { $0 }.flatMap { token in state.withLock { $0.endRequest(token) } }?.resume()
        }
    }

    /// Returns when the bytes of `range` are there.
    ///
    /// - Throws: ``FetchFailure``; `CancellationError`.
    func fetch(_ range: Range<Int64>) async throws { try await ReadAhead(self, range).wait(for: range) }

    /// Reads `range`, after what is missing of it has been fetched, by whole chunks.
    func read(_ range: Range<Int64>, on pool: BlockingPool) async throws -> SharedBytes {
        let use = MirrorUse(self)
        defer { withExtendedLifetime(use) {} }
        if !holds(range) { try await fetch(range) }
        return try await pool.run { [file] in
            let bytes = try file.read(at: range.lowerBound, count: range.count)
            guard bytes.count == range.count else {
                throw FetchFailure(.storage, "\(file.path) is shorter than its version: its folder was tampered with")
            }
            return bytes
        }
    }

    func beginReading(_ chunks: Range<Int>) -> MirrorState.Token { state.withLock { $0.beginReading(chunks) } }
    func advance(_ token: MirrorState.Token, to chunk: Int) {
        state.withLock { $0.advance(token, to: chunk) }
        // What lies further ahead may be fetched now.
        if isWindowed { kick() }
    }
    func endReading(_ token: MirrorState.Token) { state.withLock { $0.endReading(token) } }

    func wait(for chunk: Int, _ token: MirrorState.Token) async throws {
        if state.withLock({ $0.use(chunk) }) { return }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: MirrorState.Waiter) in
                guard state.withLock({ $0.wait(for: chunk, token, waiter) }) else {
                    return waiter.resume(returning: .success(()))
                }
                kick()
            }
        } onCancel: {
            state.withLock { $0.cancelReading(token) }?.resume(returning: .success(()))
        }
        try Task.checkCancellation()
        try outcome.get()
        // A reader that has ended is not told that its chunk is there.
        guard state.withLock({ $0.use(chunk) }) else { throw CancellationError() }
    }

    // MARK: Use and removal

    /// When anything of it was used last.
    var used: UseTime { UseTime(nanoseconds: lastUse.load(ordering: .relaxed)) }

    func beginUse() -> MirrorState.Token {
        lastUse.store(UseTime.now.nanoseconds, ordering: .relaxed)
        return state.withLock { $0.beginUse() }
    }

    func endUse(_ token: MirrorState.Token) { state.withLock { $0.endUse(token) } }

    /// Whether the chunk is held as a whole; as long as the caller has a ``MirrorUse`` that began before, what is held of
    /// it stays.
    func use(_ chunk: Int) -> Bool { state.withLock { $0.use(chunk) } }

    /// The chunks that can be removed one by one, with their last use and their bytes. Not what the file cannot be opened
    /// without: that goes with all the rest.
    ///
    /// - Parameter isPressing: also what is fetched ahead of readers, but for what they wait for.
    func removable(isPressing: Bool = false) -> [(chunk: Int, used: UseTime, bytes: Int64)] {
        let partial = blocks.heldBytesOfChunks, kept = blocks.framePlaces(of: manifest)
        return state.withLock { state in
            guard !state.isComplete else { return [] }
            return manifest.chunks.indices.compactMap { chunk in
                let bytes = state.present.contains(chunk) ? manifest.chunks[chunk].length : partial[chunk] ?? 0
                guard bytes > 0, !kept.contains(chunk),
                    let used = state.removableSince(chunk, isPressing: isPressing)
                else { return nil }
                return (chunk, used, bytes)
            }
        }
    }

    /// Removes chunks that nobody uses. Blocks the thread.
    ///
    /// - Parameter record: writes down that they are not held any more; called before their bytes are gone.
    /// - Returns: whether any was removed.
    func remove(_ chunks: [Int], isPressing: Bool = false, record: () throws -> Void) throws -> Bool {
        // The lock is held across calls that block: blocks that arrive meanwhile, on a thread that may, have to wait.
        let removed = try placing.withLock { _ in
            let removed = state.withLock { $0.beginRemoval(chunks, manifest.chunks, isPressing: isPressing) }
            defer { state.withLock { $0.endRemoval(removed) } }
            if removed.isEmpty { return false }
            blocks.drop(removed)
            try record()
            for chunk in removed {
                try file.punchHole(at: manifest.chunks[chunk].offset, length: manifest.chunks[chunk].length)
            }
            return true
        }
        if removed { filler.happened(.removed, to: self) }
        kick()
        return removed
    }

    // MARK: Filling

    /// Starts a worker if there is something to do for one more.
    func kick() {
        guard state.withLock({ $0.startsWorker(manifest.chunks) }), !filler.start(self) else { return }
        workerFailed(FetchFailure(.stopping, "the subscriber is stopping"))
    }

    /// The next run of chunks for a worker; another worker begins if there is more to do.
    func claim() -> Range<Int>? {
        let run = state.withLock { $0.claim(manifest.chunks) }
        if run != nil { kick() }
        return run
    }

    /// Writes a piece of a chunk that is not verified yet; blocks of it that are held stay as they are. Blocks the thread.
    func write(_ piece: RawSpan, of chunk: Int, at start: Int) throws(SystemError) {
        let offset = manifest.chunks[chunk].offset
        try placing.withLock { _ throws(SystemError) in
            let held = blocks.partial(chunk)?.heldRanges ?? []
            var position = start
            for range in held where range.upperBound > start && range.lowerBound < start + piece.byteCount {
                if range.lowerBound > position {
                    let part = piece.extracting(position - start..<range.lowerBound - start)
                    try file.write(part, at: offset + Int64(position))
                }
                position = range.upperBound
            }
            guard position < start + piece.byteCount else { return }
            try file.write(piece.extracting(position - start..<piece.byteCount), at: offset + Int64(position))
        }
    }

    func arrived(_ chunk: Int) {
        let length = manifest.chunks[chunk].length
        // Whoever wanted it has not read it yet: it must not be the first to make room.
        lastUse.store(UseTime.now.nanoseconds, ordering: .relaxed)
        let waiters = state.withLock { $0.arrived(chunk, length: length) }
        // Only now: in between it is in both, and not in neither.
        blocks.completed(chunk)
        for waiter in waiters { waiter.resume(returning: .success(())) }
        filler.happened(.arrived, to: self)
    }

    /// Copies what `old` holds of the chunks that this version has as well, wherever they have moved to. Blocks the thread.
    ///
    /// - Returns: bytes that need not be fetched.
    func takeOver(from old: Mirror, while isWanted: () -> Bool) throws(SystemError) -> Int64 {
        let positions = old.manifest.positions
        let use = MirrorUse(old)
        defer { withExtendedLifetime(use) {} }
        var saved: Int64 = 0
        for (index, chunk) in manifest.chunks.enumerated() {
            guard isWanted() else { break }
            guard let place = positions[chunk.digest], old.manifest.chunks[place].length == chunk.length else {
                continue
            }
            let source = old.manifest.chunks[place]
            if old.use(place) {
                try file.copy(from: old.file, at: source.offset, to: chunk.offset, length: chunk.length)
                saved += chunk.length
                arrived(index)
            } else if old.manifest.content == manifest.content, let partial = old.blocks.partial(place) {
                for range in partial.heldRanges {
                    let start = Int64(range.lowerBound)
                    try file.copy(
                        from: old.file, at: source.offset + start, to: chunk.offset + start, length: Int64(range.count))
                }
                saved += partial.heldBytes
                blocks.takeOver(partial, as: index)
                progressed()
            }
        }
        return saved
    }

    /// Blocks have arrived.
    func progressed() { filler.happened(.arrived, to: self) }

    func release(_ run: Range<Int>) { state.withLock { $0.release(run) } }

    /// A worker ends without success: who waits is told, and who wanted all.
    func workerFailed(_ failure: FetchFailure) {
        let action = state.withLock { $0.failed() }
        for waiter in action.waiters { waiter.resume(returning: .failure(failure)) }
        if action.gaveUp { filler.happened(.gaveUp(failure), to: self) }
    }
}

/// What a mirror needs of who fills it.
protocol MirrorFilling: Sendable {
    /// Starts a worker, which ends with ``Mirror/claim()`` giving `nil` or with ``Mirror/workerFailed(_:)``; false when
    /// no work is taken any more. It must not do the work before it returns.
    func start(_ mirror: Mirror) -> Bool
    /// Is told what happens to the mirror; it must not block.
    func happened(_ event: MirrorEvent, to mirror: Mirror)
}

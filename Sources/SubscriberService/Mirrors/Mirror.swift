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
    let state: Locked<State>
    private let paths = Locked<Set<DatasetPath>>([])
    /// Held while blocks are put in their places, or chunks are removed. Who takes it and ``state`` takes this one first.
    let placing = Locked(())
    /// ``UseTime/nanoseconds``.
    private let lastUse: Atomic<Int64>
    /// The file when it was known to be right: of a mirror that is complete.
    private let known = Locked<FileIdentity?>(nil)
    /// Opened as an array once its header, offsets and trailer are there.
    private let opened = Locked<ArrayReader?>(nil)

    var version: Version { manifest.version }

    init(
        manifest: Manifest, file: FileDescriptor, present: ChunkSet, filler: any MirrorFilling, used: UseTime = .zero,
        window: Int64 = .max, place: OpenFiles.Place? = nil, isReadOnly: Bool = false
    ) {
        self.isReadOnly = isReadOnly
        self.manifest = manifest
        self.file = file
        self.place = place
        self.filler = filler
        state = Locked(State(presence: Presence(manifest, present: present, used: used, window: window)))
        lastUse = Atomic(used.nanoseconds)
    }

    var isComplete: Bool { state.withLock { $0.presence.isComplete } }
    var isIdle: Bool { state.withLock { $0.presence.isIdle } }
    var present: ChunkSet { state.withLock { $0.presence.present } }
    /// What is held, at a moment.
    var held: HeldSet { state.withLock { $0.presence.held } }
    var heldBytes: Int64 { state.withLock { $0.presence.held.bytes } }
    /// What is held and what is on its way, at a moment.
    var presence: Presence { state.withLock { $0.presence } }
    /// Somebody waits for what is missing.
    var isAwaited: Bool { state.withLock { $0.presence.isAwaited } }
    var wantsAll: Bool { state.withLock { $0.presence.wantsAll } }

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

    // MARK: Changes

    typealias Waiter = CheckedContinuation<WaitTable.Outcome, Never>

    struct State {
        var presence: Presence
        var waiters: [Presence.Token: Waiter] = [:]
        var requests: [Presence.Token: CheckedContinuation<Void, Never>] = [:]
    }

    /// What is to be done after all locks.
    struct Deeds {
        var resumed: [(waiter: Waiter, outcome: WaitTable.Outcome)]
        var effects: Presence.Effects
    }

    func change(_ body: (inout Presence) -> Presence.Effects) -> Deeds {
        state.withLock { state in
            let effects = body(&state.presence)
            let resumed = effects.resumed.compactMap { token, outcome in
                state.waiters.removeValue(forKey: token).map { (waiter: $0, outcome: outcome) }
            }
            return Deeds(resumed: resumed, effects: effects)
        }
    }

    /// After all locks, in the order that ``Presence/Effects`` has.
    func carryOut(_ deeds: Deeds) {
        for (waiter, outcome) in deeds.resumed { waiter.resume(returning: outcome) }
        for event in deeds.effects.events { filler.happened(event, to: self) }
        for fetch in deeds.effects.fetches where !filler.start(fetch, of: self) {
            ended(fetch, .failure(FetchFailure(.stopping, "the subscriber is stopping")))
        }
        if deeds.effects.startsWorker, !filler.start(self) {
            workerFailed(nil, FetchFailure(.stopping, "the subscriber is stopping"))
        }
    }

    /// Waits for what `ask` registers, if it registers anything; when cancelled, the `reader` ends with it.
    ///
    /// - Returns: what to ask for again.
    private func wait(
        _ reader: Presence.Token? = nil, _ ask: (inout Presence, Presence.Token) -> Presence.Effects?
    ) async throws -> Set<BlockKey> {
        let token = state.withLock { $0.presence.token() }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                let effects = state.withLock { state in
                    let effects = ask(&state.presence, token)
                    if effects != nil { state.waiters[token] = waiter }
                    return effects
                }
                guard let effects else { return waiter.resume(returning: .success([])) }
                carryOut(Deeds(resumed: [], effects: effects))
                if Task.isCancelled { leave(token, reader) }
            }
        } onCancel: {
            leave(token, reader)
        }
        try Task.checkCancellation()
        return try outcome.get()
    }

    /// Waits for blocks, and has those fetched that nobody fetches yet.
    ///
    /// - Returns: what was waited for under another name, to be asked for again: what has come says more of it.
    func ask(_ keys: Set<BlockKey>) async throws -> Set<BlockKey> { try await wait { $0.ask(keys, $1) } }

    private func leave(_ token: Presence.Token, _ reader: Presence.Token?) {
        carryOut(change { $0.leave(token, reader) })
    }

    // MARK: Reading

    /// Whether the rest is to be fetched with nobody waiting, until all is there or it fails; ``kick()`` begins.
    func wantAll() { state.withLock { _ = $0.presence.wantAll(true) } }

    /// Nobody wants the rest any more.
    ///
    /// - Returns: whom to tell, after all locks: requests that nobody waits for.
    func wantNoMore() -> [CheckedContinuation<Void, Never>] {
        state.withLock { state in state.presence.wantAll(false).compactMap { state.requests.removeValue(forKey: $0) } }
    }

    /// Returns when nobody wants any more what a worker's request fetches, or with the task's cancellation.
    func untilUnwanted() async {
        let token = state.withLock { $0.presence.token() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isWaiting = state.withLock { state in
                    guard !Task.isCancelled, state.presence.beginRequest(token) else { return false }
                    state.requests[token] = waiter
                    return true
                }
                if !isWaiting { waiter.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                _ = state.presence.endRequest(token)
                return state.requests.removeValue(forKey: token)
            }
            waiter?.resume()
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

    func beginReading(_ chunks: Range<Int>) -> Presence.Token { state.withLock { $0.presence.beginReading(chunks) } }
    func advance(_ reader: Presence.Token, to chunk: Int) { carryOut(change { $0.advance(reader, to: chunk) }) }
    func endReading(_ reader: Presence.Token) { state.withLock { $0.presence.endReading(reader) } }

    func wait(for chunk: Int, _ reader: Presence.Token) async throws {
        if isWhole(chunk) { return }
        _ = try await wait(reader) { $0.wait(for: chunk, reader, $1) }
        // A reader that has ended is not told that its chunk is there.
        guard isWhole(chunk) else { throw CancellationError() }
    }

    // MARK: Use and removal

    /// When anything of it was used last.
    var used: UseTime { UseTime(nanoseconds: lastUse.load(ordering: .relaxed)) }

    func touch() { lastUse.store(UseTime.now.nanoseconds, ordering: .relaxed) }

    func beginUse() -> Presence.Token {
        touch()
        return state.withLock { $0.presence.beginUse() }
    }

    func endUse(_ token: Presence.Token) { state.withLock { $0.presence.endUse(token) } }

    /// How far the chunk is held; as long as the caller has a ``MirrorUse`` that began before, that stays.
    func use(_ chunk: Int) -> HeldSet.Holding { state.withLock { $0.presence.use(chunk) } }

    private func isWhole(_ chunk: Int) -> Bool { if case .whole = use(chunk) { true } else { false } }

    /// The chunks that can be removed one by one, with their last use and their bytes: see ``Presence/removable(isPressing:)``.
    func removable(isPressing: Bool = false) -> [(chunk: Int, used: UseTime, bytes: Int64)] {
        state.withLock { $0.presence.removable(isPressing: isPressing) }
    }

    /// Removes chunks that nobody uses. Blocks the thread.
    ///
    /// - Parameter record: writes down that they are not held any more; called before their bytes are gone.
    /// - Returns: whether any was removed.
    func remove(_ chunks: [Int], isPressing: Bool = false, record: () throws -> Void) throws -> Bool {
        // The lock is held across calls that block: blocks that arrive meanwhile, on a thread that may, have to wait.
        let (removed, outcome, deeds) = placing.withLock { _ in
            let removed = state.withLock { $0.presence.beginRemoval(chunks, isPressing: isPressing) }
            let outcome = Result {
                if removed.isEmpty { return }
                try record()
                for chunk in removed {
                    try file.punchHole(at: manifest.chunks[chunk].offset, length: manifest.chunks[chunk].length)
                }
            }
            return (removed, outcome, change { $0.endRemoval(removed, isDone: (try? outcome.get()) != nil) })
        }
        carryOut(deeds)
        try outcome.get()
        return !removed.isEmpty
    }

    // MARK: Filling

    /// Starts a worker if there is something to do for one more.
    func kick() { carryOut(change { $0.kick() }) }

    /// The next run of chunks for a worker; another worker begins if there is more to do.
    func claim() -> Presence.Run? {
        var run: Presence.Run?
        carryOut(
            change { presence in
                let claimed = presence.claim()
                run = claimed.run
                return claimed.effects
            })
        return run
    }

    /// Writes a piece of a chunk that is not verified yet; blocks of it that are held stay as they are. Blocks the thread.
    func write(_ piece: RawSpan, of chunk: Int, at start: Int) throws(SystemError) {
        let offset = manifest.chunks[chunk].offset
        try placing.withLock { _ throws(SystemError) in
            let (isWhole, held) = state.withLock { state in
                (state.presence.present.contains(chunk), state.presence.held.partial[chunk]?.heldRanges ?? [])
            }
            // Another has brought all of it meanwhile.
            if isWhole { return }
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
        // Whoever wanted it has not read it yet: it must not be the first to make room.
        touch()
        carryOut(change { $0.arrived(chunk) })
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
            switch old.use(place) {
            case .whole:
                try file.copy(from: old.file, at: source.offset, to: chunk.offset, length: chunk.length)
                saved += chunk.length
                arrived(index)
            case .partial(let partial) where old.manifest.content == manifest.content:
                for range in partial.heldRanges {
                    let start = Int64(range.lowerBound)
                    try file.copy(
                        from: old.file, at: source.offset + start, to: chunk.offset + start, length: Int64(range.count))
                }
                saved += partial.heldBytes
                let blocks = partial.ranges.indices.filter { partial.held.contains($0) }
                carryOut(change { $0.arrived(blocks, of: index, partial.empty) })
            case .partial, .missing: break
            }
        }
        return saved
    }

    /// A worker's request is over.
    func release(_ run: Presence.Run) { carryOut(change { $0.release(run) }) }

    /// A worker ends without success: who waits is told, and who wanted all.
    ///
    /// - Parameter run: what it was fetching.
    func workerFailed(_ run: Presence.Run?, _ failure: FetchFailure) { carryOut(change { $0.fail(run, failure) }) }
}

/// What a mirror needs of who fills it.
protocol MirrorFilling: Sendable {
    /// Starts a worker, which ends with ``Mirror/claim()`` giving `nil` or with ``Mirror/workerFailed(_:_:)``; false when
    /// no work is taken any more. It must not do the work before it returns.
    func start(_ mirror: Mirror) -> Bool
    /// Starts a fetch of blocks, which ends with ``Mirror/ended(_:_:)``; as for a worker.
    func start(_ fetch: BlockFetch, of mirror: Mirror) -> Bool
    /// Is told what happens to the mirror; it must not block.
    func happened(_ event: MirrorEvent, to mirror: Mirror)
}

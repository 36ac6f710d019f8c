import Blosc2
import Catalogue
import Platform
import Versions

/// What a mirror has of its version: each chunk is missing, partial or whole. With it what is being fetched, by whom, and who
/// waits for it. No I/O, no tasks.
///
/// Events are methods. What the caller must do after it has let go of the lock is in the ``Effects`` that they return.
///
/// What is on its way has one name, its place in the file. As long as nobody knows where in a frame the array's chunks are, a
/// slice may ask for blocks by the array's numbers, and then nothing at all is begun by place until the frame has come, after
/// which all that is on its way is known by place; where something is held or on its way by place, the frame is asked for first.
/// So no block ever has two names at once, and there is nothing to be compared under two.
struct Presence {
    typealias Token = UInt64

    static let workerLimit = 2

    /// To be carried out after the lock, in this order: those who waited go on, those are told who watch, then what is still
    /// missing is fetched.
    struct Effects {
        var resumed: [(token: Token, outcome: WaitTable.Outcome)] = []
        var events: [MirrorEvent] = []
        var fetches: [BlockFetch] = []
        /// A worker begins; it has been counted already.
        var startsWorker = false
    }

    private(set) var held: HeldSet
    /// Where everything is in the frame, once that has been read.
    private(set) var layout: FrameLayout?
    /// What the frame needs is not all where frames have it.
    private(set) var isFrameElsewhere = false

    private(set) var fetches = FetchTable()
    var waits = WaitTable()
    private var lastToken: Token = 0

    private var demand: Demand
    private var uses: UseTable
    private var workers = 0
    /// Chunks that no worker takes: all of what is missing is on its way, or they are being removed.
    private var reserved: ChunkSet
    private var removing: Set<Int> = []
    /// Workers' requests, which end when nobody wants what they fetch.
    private var requests: Set<Token> = []

    init(_ manifest: Manifest, present: ChunkSet, used: UseTime = .zero, window: Int64 = .max) {
        held = HeldSet(manifest, present: present)
        demand = Demand(window: window)
        uses = UseTable(count: present.capacity, used: used)
        reserved = ChunkSet(capacity: present.capacity)
    }

    var manifest: Manifest { held.manifest }
    var present: ChunkSet { held.present }
    var isComplete: Bool { present.isFull }
    /// Nobody reads, and nobody wants anything that is not held.
    var isIdle: Bool {
        workers == 0 && demand.readers.isEmpty && uses.isEmpty && (isComplete || !wantsAll) && fetches.isEmpty
            && waits.isEmpty
    }
    /// Somebody waits for what workers fetch.
    var isAwaited: Bool { !demand.readers.isEmpty || waits.areForWorkers }
    /// Somebody wants the whole version, whether or not anybody waits.
    var wantsAll: Bool { demand.wantsAll }

    mutating func token() -> Token {
        lastToken += 1
        return lastToken
    }

    // MARK: Readers of whole chunks

    /// A reader that will want these chunks, in this order; ``endReading(_:)`` takes that back.
    mutating func beginReading(_ chunks: Range<Int>) -> Token {
        let token = token()
        demand.readers[token] = chunks
        return token
    }

    mutating func endReading(_ reader: Token) { demand.readers[reader] = nil }

    /// The reader has what lies before `chunk`.
    mutating func advance(_ reader: Token, to chunk: Int) -> Effects {
        demand.advance(reader, to: chunk)
        // Where less than all is fetched ahead of it, more may be fetched now.
        return demand.window < manifest.size ? kick() : Effects()
    }

    /// Registers that the reader waits, unless the chunk is there already, or the reader has ended.
    ///
    /// - Returns: `nil` when there is nothing to wait for.
    mutating func wait(for chunk: Int, _ reader: Token, _ token: Token) -> Effects? {
        if present.contains(chunk) || demand.readers[reader] == nil { return nil }
        waits.add(token, [.chunk(chunk)], .reader)
        return kick()
    }

    /// Whoever waits has been cancelled, and with it the reader that it is; what it asked for goes on being fetched for others.
    mutating func leave(_ token: Token, _ reader: Token? = nil) -> Effects {
        if let reader { demand.readers[reader] = nil }
        return waits.remove(token) ? Effects(resumed: [(token, .success([]))]) : Effects()
    }

    /// - Returns: the requests that nobody wants any more. A reader that leaves ends none: what it wanted is kept for the next.
    mutating func wantAll(_ wanted: Bool) -> Set<Token> {
        demand.wantsAll = wanted
        guard !wanted, !isAwaited else { return [] }
        defer { requests = [] }
        return requests
    }

    /// - Returns: false when nobody wants anything any more.
    mutating func beginRequest(_ token: Token) -> Bool {
        guard wantsAll || isAwaited else { return false }
        requests.insert(token)
        return true
    }

    /// - Returns: whether it had not been ended already.
    mutating func endRequest(_ token: Token) -> Bool { requests.remove(token) != nil }

    // MARK: Work

    /// Has a worker begin if there is something to do for one more. Each that finds work asks again: so there are never more
    /// than have something to do.
    mutating func kick() -> Effects {
        guard workers < Self.workerLimit, !isUnplaced, demand.first(manifest, present, reserved) != nil else {
            return Effects()
        }
        workers += 1
        return Effects(startsWorker: true)
    }

    /// A run of chunks that a worker fetches.
    struct Run: Sendable {
        let owner: Token
        let chunks: Range<Int>
    }

    /// The next chunks for a worker to fetch: what readers wait for first. `nil` ends the worker.
    mutating func claim() -> (run: Run?, effects: Effects) {
        // What is on its way and has no place yet may be any of it.
        guard !isUnplaced, let chunks = demand.run(manifest, present, reserved) else {
            workers -= 1
            return (nil, Effects())
        }
        let run = Run(owner: token(), chunks: chunks)
        fetches.begin(chunks, by: run.owner)
        for place in chunks { reserved.insert(place) }
        return (run, kick())
    }

    /// The worker's request is over; what did not arrive is missing again.
    mutating func release(_ run: Run) -> Effects {
        var effects = Effects(events: [.requested])
        for piece in end(run.owner) { effects.resumed += waits.settle(piece, .askers) }
        return effects
    }

    /// The worker's request has failed, or could not be begun, and the worker ends: who waits for what it was to bring is told,
    /// and who wanted all. Who waits for what another fetches goes on waiting.
    mutating func fail(_ run: Run?, _ failure: FetchFailure) -> Effects {
        workers -= 1
        var effects = Effects(events: run == nil ? [] : [.requested])
        for piece in run.map({ end($0.owner) }) ?? [] { effects.resumed += waits.fail(piece, failure) }
        let reserved = reserved
        effects.resumed += waits.failReaders(failure) { piece in
            if case .chunk(let place) = piece { reserved.contains(place) } else { true }
        }
        if wantsAll && !isComplete { effects.events.append(.gaveUp(failure)) }
        demand.wantsAll = false
        return effects
    }

    // MARK: Fetches of blocks

    /// Whether something is on its way of which nobody knows where in the file it belongs.
    var isUnplaced: Bool { layout == nil && !isFrameElsewhere && !fetches.unplaced.isEmpty }

    mutating func begin(_ pieces: Set<Piece>) -> Token {
        let owner = token()
        fetches.begin(pieces, by: owner)
        for piece in pieces { reserve(piece) }
        // Blocks are nothing without their chunk's head: what has come of a chunk stays until they have come.
        uses.begin(owner)
        return owner
    }

    /// A fetch is over. Who waits for what it was to bring has waited for this: an answer is right only when all of it is.
    mutating func ended(_ fetch: BlockFetch, _ outcome: Result<Void, FetchFailure>) -> Effects {
        var effects = Effects(events: [.requested])
        uses.end(fetch.owner)
        for piece in end(fetch.owner) {
            switch outcome {
            case .success: effects.resumed += waits.settle(piece, .askers)
            case .failure(let failure): effects.resumed += waits.fail(piece, failure)
            }
        }
        if !isUnplaced { effects.resumed += waits.settle(.placement) }
        effects.startsWorker = kick().startsWorker
        return effects
    }

    private mutating func end(_ owner: Token) -> [Piece] {
        let lost = fetches.end(owner)
        for piece in lost { reserve(piece) }
        return lost
    }

    private mutating func reserve(_ piece: Piece) {
        switch piece {
        case .chunk(let place), .block(let place, _), .part(let place): reserve(place)
        case .frame, .arrayChunk, .arrayPart, .placement: break
        }
    }

    /// Workers leave a chunk alone of which all that is missing is on its way, and look again when that has changed.
    private mutating func reserve(_ place: Int) {
        let isReserved = removing.contains(place) || fetches.chunks[place].map { covers(place, $0) } == true
        if isReserved { reserved.insert(place) } else { reserved.remove(place) }
    }

    private func covers(_ place: Int, _ fetched: FetchTable.OfChunk) -> Bool {
        if fetched.worker != nil || fetched.whole != nil { return true }
        guard !fetched.blocks.isEmpty, let count = held.blockCount(of: place) else { return false }
        return fetched.blocks.count + (held.partial[place]?.held.count ?? 0) >= count
    }

    // MARK: Arrival

    /// A chunk has been verified and written.
    mutating func arrived(_ place: Int) -> Effects {
        // Whoever wanted it has not read it yet: it must not be the first to make room.
        uses.touch(place)
        held.insert(place)
        let fetched = fetches.arrived(place)
        var effects = Effects(events: [.arrived])
        effects.resumed = waits.settle(.chunk(place)) + waits.settle(.part(place))
        for index in fetched.blocks.keys { effects.resumed += waits.settle(.block(place: place, index: index)) }
        reserve(place)
        return effects
    }

    /// Blocks of a chunk have been verified and written. Who asked for them waits for the end of their fetch.
    ///
    /// - Parameter chunk: as the chunk is without any, for the first.
    mutating func arrived(_ blocks: some Sequence<Int>, of place: Int, _ chunk: PartialChunk) -> Effects {
        uses.touch(place)
        guard !present.contains(place) else { return Effects() }
        held.insert(blocks, of: place, chunk)
        var effects = Effects(events: [.arrived])
        if present.contains(place) {
            let isAskedFor = fetches.arrived(place).whole != nil
            effects.resumed = waits.settle(.chunk(place), isAskedFor ? .readers : .all)
        } else {
            fetches.arrived(blocks, of: place)
        }
        reserve(place)
        return effects
    }

    /// The frame has been read.
    mutating func learn(_ layout: FrameLayout) -> Effects {
        guard self.layout == nil else { return Effects() }
        self.layout = layout
        let held = held
        let placed = fetches.place { number in
            guard number < layout.chunks.count,
                let place = held.manifest.place(ofArrayChunk: number, layout),
                // What is there of it has come by that very fetch.
                case .missing = held[place]
            else { return nil }
            return place
        }
        var effects = Effects()
        for (before, now) in placed {
            guard let now else { continue }
            waits.rename(before, to: now)
            reserve(now)
        }
        effects.resumed = waits.settle(.placement)
        effects.startsWorker = kick().startsWorker
        return effects
    }

    /// All is held of what most frames need to be read, and this one cannot be.
    mutating func learnThatFrameIsElsewhere() -> Effects {
        isFrameElsewhere = true
        var effects = kick()
        effects.resumed = waits.settle(.placement)
        return effects
    }

    /// What the index knew when the subscriber ran last.
    mutating func restore(_ blocks: some Sequence<Int>, of place: Int, _ chunk: PartialChunk) {
        held.insert(blocks, of: place, chunk)
    }

    // MARK: Use and removal

    /// How far the chunk is held; it has been used just now. As long as a use that began before is under way, that stays.
    mutating func use(_ place: Int) -> HeldSet.Holding {
        uses.touch(place)
        return held[place]
    }

    mutating func beginUse() -> Token {
        let token = token()
        uses.begin(token)
        return token
    }

    mutating func endUse(_ token: Token) { uses.end(token) }

    /// When the chunk was used last; `nil` when it must stay: it is being used, about to be read, or on its way.
    ///
    /// - Parameter isPressing: of what lies ahead of readers only what they read or wait for must stay.
    private func removableSince(_ place: Int, isPressing: Bool) -> UseTime? {
        guard !reserved.contains(place), fetches.chunks[place] == nil, !waits.isAwaited(.chunk(place)),
            !demand.readers.values.contains(where: { isPressing ? $0.lowerBound == place : $0.contains(place) })
        else { return nil }
        return uses.unusedSince(place)
    }

    /// The chunks that can be removed one by one, with their last use and their bytes. Not what the file cannot be opened
    /// without: that goes with all the rest.
    func removable(isPressing: Bool) -> [(chunk: Int, used: UseTime, bytes: Int64)] {
        guard !isComplete else { return [] }
        let kept = framePlaces
        return manifest.chunks.indices.compactMap { place in
            let bytes = held.bytes(of: place)
            guard bytes > 0, !kept.contains(place), let used = removableSince(place, isPressing: isPressing) else {
                return nil
            }
            return (place, used, bytes)
        }
    }

    /// The places without which the file cannot be opened, as far as they are known.
    private var framePlaces: Set<Int> {
        guard manifest.content == .frame, !manifest.chunks.isEmpty else { return [] }
        return Set([0, manifest.chunks.count - 1] + (layout.map { manifest.framePlaces($0) } ?? []))
    }

    /// Marks those of `places` as missing that need not stay; no worker takes them before ``endRemoval(_:isDone:)``.
    mutating func beginRemoval(_ places: [Int], isPressing: Bool) -> [Int] {
        // A whole file is seen by others: it goes as one.
        guard !isComplete else { return [] }
        let removed = places.filter { removableSince($0, isPressing: isPressing) != nil }
        for place in removed {
            held.remove(place)
            removing.insert(place)
            reserve(place)
        }
        return removed
    }

    /// - Parameter isDone: their bytes are gone.
    mutating func endRemoval(_ places: [Int], isDone: Bool) -> Effects {
        for place in places {
            removing.remove(place)
            reserve(place)
        }
        return Effects(events: isDone && !places.isEmpty ? [.removed] : [], startsWorker: kick().startsWorker)
    }
}

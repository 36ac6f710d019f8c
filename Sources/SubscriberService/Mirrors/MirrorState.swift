import Catalogue

/// Which chunks of a version are held, which are on their way, and who waits for which; no I/O, no tasks.
///
/// Events are methods; what the caller must do after it has let go of the lock is their result.
struct MirrorState {
    typealias Waiter = CheckedContinuation<Result<Void, FetchFailure>, Never>
    typealias Token = UInt64

    /// Bytes that one request asks for, unless a single chunk is longer.
    static let runLength: Int64 = 8 << 20
    static let workerLimit = 2

    private(set) var present: ChunkSet
    private(set) var heldBytes: Int64
    private(set) var inFlight: ChunkSet
    private var readers: [Token: Range<Int>] = [:]
    private var nextToken: Token = 0
    private var waiters: [Int: [(token: Token, waiter: Waiter)]] = [:]
    private var workers = 0
    /// Somebody wants the whole version, whether or not anybody waits.
    private(set) var wantsAll = false
    /// How far ahead of a reader is fetched, in bytes.
    private let window: Int64
    /// When each chunk was used last.
    private var lastUse: [UseTime]
    /// Since when each use is under way: what it has touched stays.
    private var uses: [Token: UseTime] = [:]
    /// Workers' requests, which end when nobody wants what they fetch.
    private var requests: [Token: CheckedContinuation<Void, Never>] = [:]

    init(present: ChunkSet, heldBytes: Int64, used: UseTime = .zero, window: Int64 = .max) {
        self.present = present
        self.heldBytes = heldBytes
        self.window = window
        inFlight = ChunkSet(capacity: present.capacity)
        lastUse = Array(repeating: used, count: present.capacity)
    }

    var isComplete: Bool { present.isFull }
    /// Nobody reads, and nobody wants anything that is not held.
    var isIdle: Bool { workers == 0 && readers.isEmpty && uses.isEmpty && (isComplete || !wantsAll) }

    var isAwaited: Bool { !readers.isEmpty }

    // MARK: Demand

    /// A reader that will want these chunks, in this order; ``endReading(_:)`` takes that back.
    mutating func beginReading(_ chunks: Range<Int>) -> Token {
        nextToken += 1
        readers[nextToken] = chunks
        return nextToken
    }

    mutating func endReading(_ token: Token) { readers[token] = nil }

    /// The reader has what lies before `chunk`.
    mutating func advance(_ token: Token, to chunk: Int) {
        guard let range = readers[token] else { return }
        readers[token] = min(max(chunk, range.lowerBound), range.upperBound)..<range.upperBound
    }

    /// - Returns: the requests that nobody wants any more. A reader that leaves ends none: what it wanted is kept for the next.
    @discardableResult mutating func wantAll(_ wanted: Bool) -> [CheckedContinuation<Void, Never>] {
        wantsAll = wanted
        guard !wanted, readers.isEmpty else { return [] }
        defer { requests = [:] }
        return Array(requests.values)
    }

    /// - Returns: `nil` when nobody wants anything any more.
    mutating func beginRequest(_ waiter: CheckedContinuation<Void, Never>) -> Token? {
        guard wantsAll || !readers.isEmpty else { return nil }
        nextToken += 1
        requests[nextToken] = waiter
        return nextToken
    }

    mutating func endRequest(_ token: Token) -> CheckedContinuation<Void, Never>? {
        requests.removeValue(forKey: token)
    }

    /// Registers a reader's waiter unless the chunk is there already, or the reader has ended.
    ///
    /// - Returns: whether it has been registered.
    mutating func wait(for chunk: Int, _ token: Token, _ waiter: Waiter) -> Bool {
        if present.contains(chunk) || readers[token] == nil { return false }
        waiters[chunk, default: []].append((token, waiter))
        return true
    }

    /// The reader's waiter is to be told that the reader has been cancelled.
    mutating func cancelReading(_ token: Token) -> Waiter? {
        readers[token] = nil
        for (chunk, list) in waiters {
            guard let index = list.firstIndex(where: { $0.token == token }) else { continue }
            return waiters[chunk]?.remove(at: index).waiter
        }
        return nil
    }

    /// Whether to start a worker now. Each that finds work asks again: so there are never more than have something to do.
    mutating func startsWorker(_ chunks: [Manifest.Chunk]) -> Bool {
        guard workers < Self.workerLimit, firstClaimable(chunks) != nil else { return false }
        workers += 1
        return true
    }

    // MARK: Work

    /// The next run of chunks for a worker to fetch: what readers wait for first. `nil` ends the worker.
    mutating func claim(_ chunks: [Manifest.Chunk]) -> Range<Int>? {
        guard let run = nextRun(chunks) else {
            workers -= 1
            return nil
        }
        for index in run { inFlight.insert(index) }
        return run
    }

    /// A chunk has been verified and written.
    mutating func arrived(_ chunk: Int, length: Int64) -> [Waiter] {
        inFlight.remove(chunk)
        lastUse[chunk] = .now
        if present.insert(chunk) { heldBytes += length }
        return waiters.removeValue(forKey: chunk)?.map(\.waiter) ?? []
    }

    /// The worker's request is over; what did not arrive is missing again.
    mutating func release(_ run: Range<Int>) { for index in run { inFlight.remove(index) } }

    /// What to do after a worker has failed, and ends.
    struct Failure {
        var waiters: [Waiter]
        /// The whole version was wanted; it is not any more, until somebody wants it again.
        var gaveUp: Bool
    }

    /// Called after ``release(_:)``: who waits for what another worker is fetching goes on waiting.
    mutating func failed() -> Failure {
        workers -= 1
        let lost = waiters.filter { !inFlight.contains($0.key) }
        for chunk in lost.keys { waiters[chunk] = nil }
        defer { wantsAll = false }
        return Failure(waiters: lost.values.flatMap { $0.map(\.waiter) }, gaveUp: wantsAll && !isComplete)
    }

    // MARK: Use and removal

    /// Whether the chunk is held; it has been used just now.
    mutating func use(_ chunk: Int) -> Bool {
        lastUse[chunk] = .now
        return present.contains(chunk)
    }

    mutating func beginUse() -> Token {
        nextToken += 1
        uses[nextToken] = .now
        return nextToken
    }

    mutating func endUse(_ token: Token) { uses[token] = nil }

    /// When the chunk was used last; `nil` when it must stay: it is being used, about to be read, or on its way.
    ///
    /// - Parameter isPressing: of what lies ahead of readers only what they read or wait for must stay.
    func removableSince(_ chunk: Int, isPressing: Bool = false) -> UseTime? {
        guard !inFlight.contains(chunk), waiters[chunk] == nil,
            !readers.values.contains(where: { isPressing ? $0.lowerBound == chunk : $0.contains(chunk) }),
            uses.values.allSatisfy({ lastUse[chunk] < $0 })
        else { return nil }
        return lastUse[chunk]
    }

    /// Marks those of `chunks` as missing that need not stay; nobody fetches them before ``endRemoval(_:)``.
    mutating func beginRemoval(_ chunks: [Int], _ all: [Manifest.Chunk], isPressing: Bool = false) -> [Int] {
        // A whole file is seen by others: it goes as one.
        guard !isComplete else { return [] }
        let removed = chunks.filter { removableSince($0, isPressing: isPressing) != nil }
        for chunk in removed {
            inFlight.insert(chunk)
            if present.contains(chunk) { heldBytes -= all[chunk].length }
            present.remove(chunk)
        }
        return removed
    }

    mutating func endRemoval(_ chunks: [Int]) { for chunk in chunks { inFlight.remove(chunk) } }

    // MARK: -

    /// The chunk that is needed first, with the end of what is needed behind it.
    private func firstClaimable(_ chunks: [Manifest.Chunk]) -> Range<Int>? {
        for range in readers.values {
            guard let first = present.firstMissing(in: range, and: inFlight) else { continue }
            if chunks[first].offset - chunks[range.lowerBound].offset < window { return first..<range.upperBound }
        }
        guard wantsAll else { return nil }
        return present.firstMissing(in: 0..<present.capacity, and: inFlight).map { $0..<present.capacity }
    }

    private func nextRun(_ chunks: [Manifest.Chunk]) -> Range<Int>? {
        guard let wanted = firstClaimable(chunks) else { return nil }
        var end = wanted.lowerBound + 1
        var length = chunks[wanted.lowerBound].length
        while end < wanted.upperBound, !present.contains(end), !inFlight.contains(end),
            length + chunks[end].length <= min(Self.runLength, window / 2)
        {
            length += chunks[end].length
            end += 1
        }
        return wanted.lowerBound..<end
    }
}

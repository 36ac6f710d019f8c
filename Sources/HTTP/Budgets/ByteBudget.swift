public import Platform
internal import Synchronization

/// Bounds the bytes that answers hold together, from before they are made until they are sent or their connection is gone.
///
/// Who wants more than there is waits a little, while the server ends connections of those who hold much and take nothing
/// (``ConnectionBook``); then it is refused.
public final class ByteBudget: Sendable {
    /// Bytes that are held for one answer, given back when the last reference goes.
    public final class Claim: Sendable {
        let budget: ByteBudget
        private let size: Atomic<Int>

        fileprivate init(_ budget: ByteBudget, _ bytes: Int) {
            self.budget = budget
            size = Atomic(bytes)
        }

        deinit { budget.giveBack(size.load(ordering: .relaxed)) }

        var bytes: Int { size.load(ordering: .relaxed) }

        /// What is held turns out to be another number of bytes; never refused. By one task at a time.
        func resize(to bytes: Int) {
            let old = size.exchange(bytes, ordering: .relaxed)
            if bytes > old { budget.taken.add(bytes - old, ordering: .relaxed) } else { budget.giveBack(old - bytes) }
        }

        /// What the other one holds is held by this one from now on. By one task at a time.
        func take(over other: Claim) {
            size.add(other.size.exchange(0, ordering: .relaxed), ordering: .relaxed)
        }

        /// More for what grows as it is made.
        ///
        /// - Throws: ``HTTPError/Code/busy`` when there is no more. By one task at a time.
        public func grow(by bytes: Int) throws(HTTPError) {
            guard budget.take(bytes) else {
                budget.noteWant(bytes)
                throw budget.refusal()
            }
            size.add(bytes, ordering: .relaxed)
        }
    }

    private struct Waiter {
        let id: UInt64
        let bytes: Int
        let deadline: SteadyInstant
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var next: UInt64 = 0
        var waiting: [Waiter] = []
        /// Until then somebody is taken to be in want, though nobody waits.
        var wantedUntil: SteadyInstant?
        /// Of who was refused without waiting.
        var wantedBytes = 0
    }

    /// Less does not have to be asked for.
    static let small = 64 << 10
    /// How long somebody waits for room: longer than a reader may take nothing while others wait.
    static let patience = Duration.seconds(6)

    /// A quarter of the memory that there is, and no more than is good for anything.
    public static var standardTotal: Int { min(512 << 20, max(32 << 20, Memory.limit / 4)) }

    public let total: Int
    private let what: String
    private let clock: any SteadyClock
    private let taken = Atomic(0)
    private let waiters = Atomic(0)
    private let state = Locked(State())

    /// - Parameter what: is held, for the words of a refusal: "answers".
    public init(total: Int, of what: String = "answers", clock: any SteadyClock = .system) {
        self.total = total
        self.what = what
        self.clock = clock
    }

    /// Bytes that are held now.
    public var held: Int { taken.load(ordering: .relaxed) }

    /// Waits for room, a little; more than there is in all counts as all.
    ///
    /// - Throws: ``HTTPError/Code/busy``, or ``HTTPError/Code/cancelled``.
    func claim(_ bytes: Int) async throws(HTTPError) -> Claim {
        let bytes = min(bytes, total)
        if waiters.load(ordering: .relaxed) == 0, take(bytes) { return Claim(self, bytes) }
        guard await waitForRoom(bytes) else {
            if Task.isCancelled { throw HTTPError(.cancelled, "nobody waits for this answer any more") }
            throw refusal()
        }
        return Claim(self, bytes)
    }

    /// Without waiting.
    ///
    /// - Throws: ``HTTPError/Code/busy``.
    public func claimNow(_ bytes: Int) throws(HTTPError) -> Claim {
        guard take(min(bytes, total)) else {
            noteWant(min(bytes, total))
            throw refusal()
        }
        return Claim(self, min(bytes, total))
    }

    /// For a while somebody lacks something, though nobody waits for it.
    private func noteWant(_ bytes: Int) {
        state.withLock { state in
            state.wantedUntil = clock.now + Self.patience
            state.wantedBytes = max(state.wantedBytes, min(bytes, total))
        }
    }

    /// For an answer that is there already.
    func claimAnyway(_ bytes: Int) -> Claim {
        taken.add(bytes, ordering: .relaxed)
        return Claim(self, bytes)
    }

    // MARK: For who makes room

    /// Bytes that somebody lacks; zero when nobody waits.
    func lacking() -> Int {
        let wanted = state.withLock { state in
            if let until = state.wantedUntil, until < clock.now {
                state.wantedUntil = nil
                state.wantedBytes = 0
            }
            return state.waiting.reduce(state.wantedBytes) { $0 + $1.bytes }
        }
        return wanted == 0 ? 0 : max(0, wanted - max(0, total - held))
    }

    /// Refuses those who have waited long enough.
    func refuseTheLate() {
        guard waiters.load(ordering: .relaxed) > 0 else { return }
        let now = clock.now
        let late = state.withLock { state in
            let late = state.waiting.filter { $0.deadline <= now }
            state.waiting.removeAll { $0.deadline <= now }
            waiters.store(state.waiting.count, ordering: .relaxed)
            return late
        }
        for waiter in late { waiter.continuation.resume(returning: false) }
        admit()
    }

    // MARK: -

    private func refusal() -> HTTPError {
        HTTPError(.busy, "the \(total >> 20) MiB for \(what) that are not sent yet are used up: try again")
    }

    private func take(_ bytes: Int) -> Bool {
        var known = taken.load(ordering: .relaxed)
        while known + bytes <= total {
            let (exchanged, original) = taken.weakCompareExchange(
                expected: known, desired: known + bytes, ordering: .relaxed)
            if exchanged { return true }
            known = original
        }
        return false
    }

    private func giveBack(_ bytes: Int) {
        taken.subtract(bytes, ordering: .sequentiallyConsistent)
        if waiters.load(ordering: .sequentiallyConsistent) > 0 { admit() }
    }

    /// First come, first served: who wants little does not overtake who wants much for ever.
    private func admit() {
        let admitted = state.withLock { state in
            var admitted: [Waiter] = []
            while let first = state.waiting.first, take(first.bytes) { admitted.append(state.waiting.removeFirst()) }
            waiters.store(state.waiting.count, ordering: .sequentiallyConsistent)
            return admitted
        }
        for waiter in admitted { waiter.continuation.resume(returning: true) }
    }

    private func waitForRoom(_ bytes: Int) async -> Bool {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if Task.isCancelled { return true }
                    state.waiting.append(
                        Waiter(
                            id: id, bytes: bytes, deadline: clock.now + Self.patience, continuation: continuation))
                    waiters.store(state.waiting.count, ordering: .sequentiallyConsistent)
                    return false
                }
                if isCancelled { continuation.resume(returning: false) } else { admit() }
            }
        } onCancel: {
            let left = state.withLock { state in
                let index = state.waiting.firstIndex { $0.id == id }
                defer { waiters.store(state.waiting.count, ordering: .sequentiallyConsistent) }
                return index.map { state.waiting.remove(at: $0) }
            }
            left?.continuation.resume(returning: false)
        }
    }
}

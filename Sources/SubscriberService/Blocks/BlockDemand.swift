/// Who waits for which blocks, and which are on their way: one fetch for many askers; no I/O, no tasks.
struct BlockDemand {
    typealias Waiter = CheckedContinuation<Result<Void, FetchFailure>, Never>
    typealias Token = UInt64

    private struct Asker {
        var missing: Set<BlockKey>
        var waiter: Waiter
    }

    private(set) var inFlight: Set<BlockKey> = []
    private var askers: [Token: Asker] = [:]
    private var nextToken: Token = 0

    var isIdle: Bool { inFlight.isEmpty && askers.isEmpty }

    /// A token by which an asker can leave.
    mutating func token() -> Token {
        nextToken += 1
        return nextToken
    }

    /// Registers who needs `missing`, at least one.
    /// - Returns: those that nobody is fetching yet: the caller sees to it that they are fetched.
    mutating func ask(_ token: Token, for missing: Set<BlockKey>, _ waiter: Waiter) -> Set<BlockKey> {
        askers[token] = Asker(missing: missing, waiter: waiter)
        let fresh = missing.subtracting(inFlight)
        inFlight.formUnion(fresh)
        return fresh
    }

    /// The asker has been cancelled; what it asked for goes on being fetched for others.
    mutating func leave(_ token: Token) -> Waiter? { askers.removeValue(forKey: token)?.waiter }

    /// Blocks have arrived.
    /// - Returns: who has all that it needs now.
    mutating func arrived(_ keys: some Sequence<BlockKey>) -> [Waiter] {
        let keys = Set(keys)
        inFlight.subtract(keys)
        var done: [Waiter] = []
        for (token, var asker) in askers where !asker.missing.isDisjoint(with: keys) {
            asker.missing.subtract(keys)
            if asker.missing.isEmpty {
                askers[token] = nil
                done.append(asker.waiter)
            } else {
                askers[token] = asker
            }
        }
        return done
    }

    /// A fetch of these has ended; those of them that did not arrive will not.
    /// - Returns: who waited for one of those.
    mutating func failed(_ keys: some Sequence<BlockKey>) -> [Waiter] {
        let lost = inFlight.intersection(keys)
        inFlight.subtract(lost)
        let tokens = askers.filter { !$0.value.missing.isDisjoint(with: lost) }.map(\.key)
        return tokens.compactMap { askers.removeValue(forKey: $0)?.waiter }
    }
}

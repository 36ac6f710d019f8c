/// Watchers by token. Tokens are not used again, so an event or a result that comes late finds nobody.
struct FeedTable {
    private var slots: [FeedWatcher?] = []
    private var free: [Int] = []
    private var generation: UInt64 = 0
    private(set) var count = 0
    /// Those that watch.
    private(set) var watching = 0
    /// Those that watch, or will if the source lets them.
    private(set) var admitted = 0
    /// Bytes of pages that are on their way.
    private(set) var pageBytes = 0

    var capacity: Int { slots.count }

    /// May be nobody; walking the slots by index allows insertions and removals meanwhile.
    subscript(slot slot: Int) -> FeedWatcher? { slots[slot] }

    subscript(token: UInt64) -> FeedWatcher? {
        let slot = Int(token & 0xffff_ffff)
        guard slot < slots.count, let watcher = slots[slot], watcher.token == token else { return nil }
        return watcher
    }

    mutating func insert(_ make: (_ token: UInt64) -> FeedWatcher) -> FeedWatcher {
        let slot: Int
        if let last = free.popLast() {
            slot = last
        } else {
            slot = slots.count
            slots.append(nil)
        }
        // The highest tokens are the event loop's own.
        generation = (generation + 1) & 0x7fff_ffff
        let watcher = make(generation << 32 | UInt64(slot))
        slots[slot] = watcher
        count += 1
        return watcher
    }

    mutating func remove(_ watcher: FeedWatcher) {
        let slot = Int(watcher.token & 0xffff_ffff)
        guard slots[slot] === watcher else { return }
        slots[slot] = nil
        free.append(slot)
        count -= 1
    }

    mutating func move(_ watcher: FeedWatcher, to phase: FeedWatcher.Phase) {
        watching -= watcher.isWatching ? 1 : 0
        admitted -= watcher.countsAgainstLimit ? 1 : 0
        watcher.phase = phase
        watching += watcher.isWatching ? 1 : 0
        admitted += watcher.countsAgainstLimit ? 1 : 0
    }

    /// Bytes of pages that wait for a watcher.
    mutating func notePages(of watcher: FeedWatcher, _ bytes: Int) {
        pageBytes += bytes - watcher.pageBytes
        watcher.pageBytes = bytes
    }

    /// Who has to go for a newcomer: whoever has more watchers than everybody else, and than the newcomer's address would have,
    /// loses one: rather one that takes nothing.
    func oneTooMany(for newcomer: FeedWatcher) -> FeedWatcher? {
        var byAddress: [PeerAddress: [FeedWatcher]] = [:]
        for case let other? in slots where other.isWatching {
            byAddress[other.client.address, default: []].append(other)
        }
        guard let most = byAddress.values.max(by: { $0.count < $1.count }),
            most.count > byAddress[newcomer.client.address, default: []].count + 1
        else { return nil }
        return most.first { $0.isBlocked } ?? most.last
    }
}

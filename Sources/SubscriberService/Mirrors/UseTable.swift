/// When each chunk of a mirror was used last, and what is being used; no I/O, no tasks.
struct UseTable {
    private var last: [UseTime]
    /// Since when each use is under way: what it has touched stays.
    private var uses: [Presence.Token: UseTime] = [:]

    init(count: Int, used: UseTime) { last = Array(repeating: used, count: count) }

    var isEmpty: Bool { uses.isEmpty }

    mutating func touch(_ chunk: Int) { last[chunk] = .now }
    mutating func begin(_ token: Presence.Token) { uses[token] = .now }
    mutating func end(_ token: Presence.Token) { uses[token] = nil }

    /// When the chunk was used last; `nil` when it is being used.
    func unusedSince(_ chunk: Int) -> UseTime? {
        uses.values.allSatisfy { last[chunk] < $0 } ? last[chunk] : nil
    }
}

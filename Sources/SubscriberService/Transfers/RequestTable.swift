import Catalogue

/// Whose turn it is to send a request: bounded in total, for each group and for each version, so that a greedy reader
/// leaves room for others; no I/O, no tasks.
///
/// Of those that may run, those that somebody waits for go first, then the version with the fewest requests under way, then
/// the smallest request.
struct RequestTable {
    struct Request: Sendable {
        let group: String
        let version: Version
        /// Blocks that it asks for; `nil` for chunks by the run, which leave a place for readers of blocks.
        let size: Int?
        /// Whether somebody waits for it; else it is for what shall be held some day.
        var isAwaited: @Sendable () -> Bool = { true }
    }

    typealias Token = UInt64

    let limit: Int
    private var running = 0
    private var groups: [String: Int] = [:]
    private var versions: [Version: Int] = [:]
    /// In the order in which they came.
    private var waiting: [(token: Token, request: Request)] = []

    init(limit: Int) { self.limit = limit }

    /// One group's publisher may be dead, and each of its requests wait for the timeout.
    private var groupLimit: Int { max(limit / 2, 1) }
    private var versionLimit: Int { max(groupLimit - 1, 1) }

    /// - Returns: whether it may run at once; if not, ``release(_:)`` will say when.
    mutating func acquire(_ token: Token, _ request: Request) -> Bool {
        if mayRun(request) {
            begin(request)
            return true
        }
        waiting.append((token, request))
        return false
    }

    /// - Returns: who may run now.
    mutating func release(_ request: Request) -> [Token] {
        running -= 1
        groups[request.group] = groups[request.group].flatMap { $0 > 1 ? $0 - 1 : nil }
        versions[request.version] = versions[request.version].flatMap { $0 > 1 ? $0 - 1 : nil }
        var granted: [Token] = []
        while let index = next() {
            let (token, request) = waiting.remove(at: index)
            begin(request)
            granted.append(token)
        }
        return granted
    }

    /// - Returns: whether it was waiting.
    mutating func leave(_ token: Token) -> Bool {
        guard let index = waiting.firstIndex(where: { $0.token == token }) else { return false }
        waiting.remove(at: index)
        return true
    }

    private func mayRun(_ request: Request) -> Bool {
        // What nobody waits for leaves places for all others.
        let reserved = request.size != nil ? 0 : request.isAwaited() ? 1 : 2
        return running < max(limit - reserved, 1) && groups[request.group, default: 0] < max(groupLimit - reserved, 1)
            && versions[request.version, default: 0] < versionLimit
    }

    private mutating func begin(_ request: Request) {
        running += 1
        groups[request.group, default: 0] += 1
        versions[request.version, default: 0] += 1
    }

    private func next() -> Int? {
        guard running < limit else { return nil }
        return waiting.indices.filter { mayRun(waiting[$0].request) }.min { rank($0) < rank($1) }
    }

    private func rank(_ index: Int) -> (Int, Int, Int, Int) {
        let request = waiting[index].request
        return (request.isAwaited() ? 0 : 1, versions[request.version, default: 0], request.size ?? .max, index)
    }
}

import Catalogue

/// Who waits for what of a mirror; no I/O, no tasks.
struct WaitTable {
    typealias Token = UInt64
    /// What to look for again, under other names or by oneself.
    typealias Outcome = Result<Set<BlockKey>, FetchFailure>

    enum Kind: Sendable {
        /// Of whole chunks: waits until they are there, whoever brings them.
        case reader
        /// For what is on its way now.
        case asker
        /// The same, and some of it is what workers fetch.
        case askerOfWorkers
    }

    /// Whose wait is over.
    enum Waiters: Sendable {
        case all
        /// The piece is there.
        case readers
        /// Nobody fetches it any more.
        case askers
    }

    private struct Wait {
        var pieces: Set<Piece>
        var again: Set<BlockKey>
        var kind: Kind
    }

    private var waits: [Token: Wait] = [:]
    private var tokens: [Piece: Set<Token>] = [:]
    private var countForWorkers = 0

    var isEmpty: Bool { waits.isEmpty }
    var count: Int { waits.count }
    func isAwaited(_ piece: Piece) -> Bool { tokens[piece] != nil }
    /// Whether anybody but readers waits for workers.
    var areForWorkers: Bool { countForWorkers > 0 }

    mutating func add(_ token: Token, _ pieces: Set<Piece>, again: Set<BlockKey> = [], _ kind: Kind) {
        waits[token] = Wait(pieces: pieces, again: again, kind: kind)
        if kind == .askerOfWorkers { countForWorkers += 1 }
        for piece in pieces { tokens[piece, default: []].insert(token) }
    }

    /// - Returns: whether it was waiting.
    mutating func remove(_ token: Token) -> Bool {
        guard let wait = end(token) else { return false }
        for piece in wait.pieces { drop(token, piece) }
        return true
    }

    private mutating func end(_ token: Token) -> Wait? {
        guard let wait = waits.removeValue(forKey: token) else { return nil }
        if wait.kind == .askerOfWorkers { countForWorkers -= 1 }
        return wait
    }

    private mutating func drop(_ token: Token, _ piece: Piece) {
        tokens[piece]?.remove(token)
        if tokens[piece]?.isEmpty == true { tokens[piece] = nil }
    }

    /// - Returns: who waits for nothing else.
    mutating func settle(_ piece: Piece, _ waiters: Waiters = .all) -> [(token: Token, outcome: Outcome)] {
        var settled: [(token: Token, outcome: Outcome)] = []
        for token in tokens[piece] ?? [] {
            guard let kind = waits[token]?.kind, waiters == .all || (waiters == .readers) == (kind == .reader) else {
                continue
            }
            drop(token, piece)
            waits[token]?.pieces.remove(piece)
            guard waits[token]?.pieces.isEmpty == true, let wait = end(token) else { continue }
            settled.append((token, .success(wait.again)))
        }
        return settled
    }

    /// The piece could not be had.
    ///
    /// - Returns: who waited for it and is no reader.
    mutating func fail(_ piece: Piece, _ failure: FetchFailure) -> [(token: Token, outcome: Outcome)] {
        let failed = (tokens[piece] ?? []).filter { waits[$0]?.kind != .reader }
        return failed.filter { remove($0) }.map { ($0, .failure(failure)) }
    }

    /// Of the readers of whole chunks, those whose chunk nobody fetches.
    mutating func failReaders(
        _ failure: FetchFailure, unless isFetched: (Piece) -> Bool
    ) -> [(token: Token, outcome: Outcome)] {
        let lost = waits.filter { $0.value.kind == .reader && !$0.value.pieces.contains(where: isFetched) }.map(\.key)
        return lost.filter { remove($0) }.map { ($0, .failure(failure)) }
    }

    /// The piece has another name now.
    mutating func rename(_ piece: Piece, to other: Piece) {
        for token in tokens.removeValue(forKey: piece) ?? [] {
            waits[token]?.pieces.remove(piece)
            waits[token]?.pieces.insert(other)
            tokens[other, default: []].insert(token)
        }
    }
}

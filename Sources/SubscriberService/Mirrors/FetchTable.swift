import Catalogue
import Platform

/// What is on its way to a mirror, as it is waited for.
enum Piece: Hashable, Sendable {
    /// All of a chunk.
    case chunk(Int)
    case block(place: Int, index: Int)
    /// Some blocks of a chunk of which no block is held: which these are, only the chunk's head tells.
    case part(Int)
    /// What the frame needs to be read.
    case frame
    /// All of a chunk of the array, or some blocks of it: as long as nobody knows where the array's chunks are in the file.
    case arrayChunk(Int)
    case arrayPart(Int)
    /// That nothing is on its way any more of which nobody knows where in the file it belongs.
    case placement
}

/// What is being fetched, and by whom; nothing that an owner does not answer for. No I/O, no tasks.
struct FetchTable {
    typealias Owner = UInt64

    /// What is on its way of a chunk.
    struct OfChunk {
        /// All of it, by a worker's request for bytes.
        var worker: Owner?
        /// All of it, as blocks.
        var whole: Owner?
        /// See ``Piece/part(_:)``.
        var part: Owner?
        var blocks: [Int: Owner] = [:]

        fileprivate var isEmpty: Bool { worker == nil && whole == nil && part == nil && blocks.isEmpty }
    }

    private(set) var chunks: [Int: OfChunk] = [:]
    /// What belongs at places that nobody knows yet.
    private(set) var unplaced: [Piece: Owner] = [:]
    /// What each owner has begun with; some of it may have come, or be another's by now.
    private var runs: [Owner: Range<Int>] = [:]
    private var pieces: [Owner: [Piece]] = [:]

    var isEmpty: Bool { runs.isEmpty && pieces.isEmpty }
    var owners: Set<Owner> { Set(runs.keys).union(pieces.keys) }

    // MARK: Begin and end

    /// A worker's.
    mutating func begin(_ run: Range<Int>, by owner: Owner) {
        runs[owner] = run
        for place in run { chunks[place, default: OfChunk()].worker = owner }
    }

    mutating func begin(_ more: some Sequence<Piece>, by owner: Owner) {
        for piece in more { add(piece, owner) }
    }

    private mutating func add(_ piece: Piece, _ owner: Owner) {
        pieces[owner, default: []].append(piece)
        switch piece {
        case .chunk(let place): chunks[place, default: OfChunk()].whole = owner
        case .part(let place): chunks[place, default: OfChunk()].part = owner
        case .block(let place, let index): chunks[place, default: OfChunk()].blocks[index] = owner
        case .frame, .arrayChunk, .arrayPart: unplaced[piece] = owner
        case .placement: break
        }
    }

    /// The owner fetches no more.
    ///
    /// - Returns: of a worker, what has not come; else all that it was to bring.
    mutating func end(_ owner: Owner) -> [Piece] {
        if let run = runs.removeValue(forKey: owner) {
            let lost = run.filter { chunks[$0]?.worker == owner }
            for place in lost { change(place) { $0.worker = nil } }
            return lost.map { .chunk($0) }
        }
        let all = pieces.removeValue(forKey: owner) ?? []
        for piece in all { remove(piece, of: owner) }
        return all
    }

    private mutating func remove(_ piece: Piece, of owner: Owner) {
        switch piece {
        case .chunk(let place): change(place) { if $0.whole == owner { $0.whole = nil } }
        case .part(let place): change(place) { if $0.part == owner { $0.part = nil } }
        case .block(let place, let index): change(place) { if $0.blocks[index] == owner { $0.blocks[index] = nil } }
        case .frame, .arrayChunk, .arrayPart: if unplaced[piece] == owner { unplaced[piece] = nil }
        case .placement: break
        }
    }

    private mutating func change(_ place: Int, _ body: (inout OfChunk) -> Void) {
        guard var entry = chunks.removeValue(forKey: place) else { return }
        body(&entry)
        if !entry.isEmpty { chunks[place] = entry }
    }

    // MARK: Arrival

    /// All of a chunk is there.
    ///
    /// - Returns: what of it was on its way.
    mutating func arrived(_ place: Int) -> OfChunk { chunks.removeValue(forKey: place) ?? OfChunk() }

    /// Blocks of a chunk are there, and with them its head: so what else there is of it is known by its blocks.
    mutating func arrived(_ blocks: some Sequence<Int>, of place: Int) {
        change(place) { entry in
            for index in blocks { entry.blocks[index] = nil }
            entry.part = nil
        }
    }

    /// It is known where the array's chunks are: what is on its way of them is known by its place from now on.
    ///
    /// - Parameter place: where a chunk of the array is, by its number; `nil` when nothing of it is on its way any more.
    /// - Returns: the names of before, with those of now.
    mutating func place(_ place: (Int) -> Int?) -> [(before: Piece, now: Piece?)] {
        defer { unplaced = [:] }
        return unplaced.map { piece, owner in
            let now: Piece? =
                switch piece {
                case .arrayChunk(let number): place(number).map { .chunk($0) }
                case .arrayPart(let number): place(number).map { .part($0) }
                default: nil
                }
            if let now { add(now, owner) }
            return (piece, now)
        }
    }
}

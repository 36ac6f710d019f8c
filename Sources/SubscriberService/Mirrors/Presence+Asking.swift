import Blosc2
import Catalogue
import Versions

/// A request for blocks, and what it is for in the table of what is being fetched.
struct BlockFetch: Sendable {
    let owner: Presence.Token
    let request: BlockRequest
}

extension Presence {
    /// What an asker waits for.
    private struct Round {
        /// What others are fetching.
        var pieces: Set<Piece> = []
        /// What is to be asked for again when that has come: it waits for something else that says more of it.
        var again: Set<BlockKey> = []
        /// What nobody is fetching.
        var fresh: Set<BlockKey> = []
        var isForWorkers = false

        mutating func wait(for piece: Piece, again key: BlockKey? = nil) {
            pieces.insert(piece)
            if let key { again.insert(key) }
        }
    }

    /// More blocks of one chunk are not named one by one.
    private static let namedBlocks = 2048

    /// Registers who needs these; what is there is not needed, and what nobody is fetching yet is fetched from now on.
    ///
    /// - Returns: `nil` when there is nothing to wait for.
    mutating func ask(_ keys: Set<BlockKey>, _ token: Token) -> Effects? {
        var round = Round()
        for key in keys { look(for: key, asked: key, &round) }
        var effects = Effects()
        for (request, keys) in BlockRequest.batches(leastOf(round.fresh)) {
            let pieces = Set(keys.map(piece))
            round.pieces.formUnion(pieces)
            effects.fetches.append(BlockFetch(owner: begin(pieces), request: request))
        }
        guard !round.pieces.isEmpty else { return nil }
        waits.add(token, round.pieces, again: round.again, round.isForWorkers ? .askerOfWorkers : .asker)
        return effects
    }

    /// What is asked for as a whole is not asked for by the block as well.
    private func leastOf(_ keys: Set<BlockKey>) -> Set<BlockKey> {
        keys.filter { key in
            switch key {
            case .block(let place, _): !keys.contains(.chunk(place: place))
            case .arrayBlock(let number, _):
                !keys.contains(.arrayChunk(number: number))
                    && place(ofArrayChunk: number).map { keys.contains(.chunk(place: $0)) } != true
            case .frame, .chunk, .arrayChunk: true
            }
        }
    }

    /// As what it is on its way.
    private func piece(_ key: BlockKey) -> Piece {
        switch key {
        case .frame: .frame
        case .chunk(let place): .chunk(place)
        case .block(let place, let index): .block(place: place, index: index)
        case .arrayChunk(let number): .arrayChunk(number)
        case .arrayBlock(let number, _): place(ofArrayChunk: number).map { .part($0) } ?? .arrayPart(number)
        }
    }

    /// `nil` as long as that is not known, or when the chunk has no bytes.
    private func place(ofArrayChunk number: Int) -> Int? {
        guard let layout, number < layout.chunks.count else { return nil }
        return manifest.place(ofArrayChunk: number, layout)
    }

    private func look(for key: BlockKey, asked: BlockKey, _ round: inout Round) {
        switch key {
        case .frame: lookForFrame(asked, &round)
        case .chunk(let place): look(forChunk: place, asked, &round)
        case .block(let place, let index): look(forBlock: index, of: place, asked, &round)
        case .arrayChunk(let number): look(forArrayChunk: number, block: nil, asked, &round)
        case .arrayBlock(let number, let block): look(forArrayChunk: number, block: block, asked, &round)
        }
    }

    // MARK: Frames

    /// Nothing is held or on its way, so that blocks may be asked for by the array's numbers.
    private var isPristine: Bool {
        layout == nil && held.isEmpty && fetches.chunks.isEmpty
    }

    /// Where frames have what they need to be read: at their start, and at their end. Some have part of it elsewhere.
    private var usualFramePlaces: Set<Int> {
        let count = manifest.chunks.count
        return Set([0, count - 2, count - 1].filter { $0 >= 0 })
    }

    var holdsEnds: Bool {
        present.capacity > 0 && present.contains(0) && present.contains(present.capacity - 1)
    }

    /// Whether the frame can be read, if it is as most are.
    var holdsUsualFrame: Bool { present.capacity > 0 && usualFramePlaces.allSatisfy { present.contains($0) } }

    private func lookForFrame(_ asked: BlockKey, _ round: inout Round) {
        if layout != nil { return }
        if fetches.unplaced[.frame] != nil { return round.wait(for: .frame) }
        guard !isPristine, !isFrameElsewhere else {
            round.fresh.insert(.frame)
            return
        }
        for place in usualFramePlaces { look(forChunk: place, asked, &round) }
    }

    private func look(forArrayChunk number: Int, block: Int?, _ asked: BlockKey, _ round: inout Round) {
        guard layout != nil else {
            for piece in [Piece.arrayChunk(number), .arrayPart(number)] where fetches.unplaced[piece] != nil {
                return round.wait(for: piece, again: asked)
            }
            guard isPristine else { return lookForFrame(asked, &round) }
            round.fresh.insert(asked)
            return
        }
        guard let place = place(ofArrayChunk: number), !present.contains(place) else { return }
        guard let block else { return look(forChunk: place, asked, &round) }
        if let chunk = held.partial[place] {
            guard let indices = chunk.blocks?.places(of: [block]) else { return look(forChunk: place, asked, &round) }
            for index in indices { look(forBlock: index, of: place, asked, &round) }
        } else if !waits(forAllOf: place, asked, &round) {
            // The chunk's head comes with it.
            round.fresh.insert(.arrayBlock(number: number, block: block))
        }
    }

    // MARK: By place

    /// Whether anything of the chunk is on its way as something else than blocks, or must be waited for before it is asked for.
    private func waits(forWholeOf place: Int, _ asked: BlockKey, _ round: inout Round) -> Bool {
        let fetched = fetches.chunks[place]
        if fetched?.worker != nil {
            // The worker's request may end before its time, and then nobody fetches it.
            round.wait(for: .chunk(place), again: asked)
            round.isForWorkers = true
        } else if fetched?.whole != nil {
            round.wait(for: .chunk(place))
        } else if fetched?.part != nil {
            round.wait(for: .part(place), again: asked)
        } else if isUnplaced {
            round.wait(for: .placement, again: asked)
        } else {
            return false
        }
        return true
    }

    /// The same, or as blocks.
    private func waits(forAllOf place: Int, _ asked: BlockKey, _ round: inout Round) -> Bool {
        if waits(forWholeOf: place, asked, &round) { return true }
        guard let blocks = fetches.chunks[place]?.blocks, !blocks.isEmpty else { return false }
        for index in blocks.keys { round.wait(for: .block(place: place, index: index), again: asked) }
        return true
    }

    private func look(forBlock index: Int, of place: Int, _ asked: BlockKey, _ round: inout Round) {
        if held.contains(index, of: place) || waits(forWholeOf: place, asked, &round) { return }
        if fetches.chunks[place]?.blocks[index] != nil {
            round.wait(for: .block(place: place, index: index))
        } else {
            round.fresh.insert(.block(place: place, index: index))
        }
    }

    private func look(forChunk place: Int, _ asked: BlockKey, _ round: inout Round) {
        if present.contains(place) || waits(forWholeOf: place, asked, &round) { return }
        guard let blocks = fetches.chunks[place]?.blocks, !blocks.isEmpty else {
            round.fresh.insert(.chunk(place: place))
            return
        }
        let count = held.blockCount(of: place) ?? .max
        let isNamed = count <= Self.namedBlocks
        for index in blocks.keys {
            round.wait(for: .block(place: place, index: index), again: isNamed ? nil : asked)
        }
        guard isNamed else { return }
        // What is on its way already comes, and only the others are asked for.
        for index in 0..<count where blocks[index] == nil && !held.contains(index, of: place) {
            round.fresh.insert(.block(place: place, index: index))
        }
    }
}

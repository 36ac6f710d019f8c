import Arrays
import Blosc2
import Catalogue
import Platform
import TestSupport
import Testing
import Versions

@testable import SubscriberService

/// Readers, workers, fetches and removals in any order, against a model that knows the whole file.
@Suite struct PresenceModelTests {
    @Test(arguments: 0..<60) func nobodyWaitsForEverAndNothingIsFetchedTwice(seed: UInt64) throws {
        let content = try seed.isMultiple(of: 4) ? Content.plain.get() : Content.frame.get()
        var model = PresenceModel(content, seed: seed)
        for _ in 0..<300 {
            try model.step()
            model.check()
        }
        try model.end()
    }
}

/// A whole file, as its publisher has it.
private struct Content: Sendable {
    let bytes: SharedBytes
    let manifest: Manifest
    let layout: FrameLayout?
    /// How each chunk is cut.
    let cut: [[Range<Int>]]
    /// Each chunk, with nothing held of it.
    let empty: [PartialChunk]

    static let frame = Result { try Content(SampleArray.constant(7, shape: [64, 48], chunks: [16, 16])) }
    static let plain = Result { try Content(noise(3_300_000, seed: 5)) }

    private init(_ bytes: [UInt8]) throws {
        let source = MemorySource(bytes)
        let manifest = try VersionMaker.version(of: source).manifest
        self.manifest = manifest
        self.bytes = SharedBytes(bytes)
        layout = manifest.content == .frame ? try FrameLayout(source) : nil
        let chunks = manifest.chunks.map { SharedBytes(bytes[Int($0.offset)..<Int($0.range.upperBound)]) }
        cut = chunks.map { ChunkLayout.blocks(of: manifest.content, $0) }
        let found = chunks.map { chunk in
            chunk.withBytes { PartialChunk(content: manifest.content, head: $0, length: chunk.count) }
        }
        empty = found.compactMap { $0 }
        try #require(empty.count == chunks.count)
    }

    /// The blocks that an answer has, by chunk.
    func blocks(of request: BlockRequest) throws -> [(place: Int, indices: [Int])] {
        let parts = try request.resolved(in: manifest, layout: { layout }, source: MemorySource(bytes.array))
        return try #require(parts).map { ($0.chunk, $0.blocks.isEmpty ? Array(cut[$0.chunk].indices) : $0.blocks) }
    }
}

/// A presence, with all that happens outside of it: who asks, what is being fetched, and what has come of that.
private struct PresenceModel {
    private struct Block: Hashable {
        let place: Int
        let index: Int
    }

    private struct Fetch {
        let fetch: BlockFetch
        /// Each chunk's come together, in this order.
        var rest: [(place: Int, indices: [Int])]
    }

    private struct Asker {
        let keys: Set<BlockKey>
        var rest: Set<BlockKey>
        let use: Presence.Token
    }

    private let content: Content
    private var random: SeededGenerator
    private var presence: Presence
    private var held: Set<Block> = []
    private var fetches: [Fetch] = []
    private var runs: [(run: Presence.Run, next: Int)] = []
    /// Workers that are about to claim.
    private var idleWorkers = 0
    private var askers: [Presence.Token: Asker] = [:]
    private var readers: [Presence.Token: (reader: Presence.Token, chunk: Int)] = [:]
    private var mayFail = true
    private let failure = FetchFailure(.unreachable, "as the test has it")

    init(_ content: Content, seed: UInt64) {
        self.content = content
        random = SeededGenerator(seed: seed)
        presence = Presence(content.manifest, present: ChunkSet(capacity: content.manifest.chunks.count))
    }

    private var count: Int { content.manifest.chunks.count }
    private var blocksOnTheirWay: Set<Block> {
        Set(fetches.flatMap { $0.rest.flatMap { part in part.indices.map { Block(place: part.place, index: $0) } } })
    }
    private func blocks(of place: Int) -> Set<Block> {
        Set(content.cut[place].indices.map { Block(place: place, index: $0) })
    }
    private mutating func pick(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

    // MARK: Steps

    mutating func step() throws {
        switch pick(0..<20) {
        case 0..<5: try ask(keys())
        case 5: beginReader()
        case 6: _ = presence.wantAll(pick(0..<3) == 0)
        case 7: try carryOut(presence.kick())
        case 8: try leave()
        case 9: try remove()
        default: try proceed()
        }
    }

    /// Something that is under way goes on.
    private mutating func proceed() throws {
        switch pick(0..<3) {
        case 0 where idleWorkers > 0: try work()
        case 1 where !runs.isEmpty: try proceed(runOf: pick(0..<runs.count))
        default: if !fetches.isEmpty { try proceed(fetchOf: pick(0..<fetches.count)) }
        }
    }

    private mutating func work() throws {
        idleWorkers -= 1
        let onTheirWay = blocksOnTheirWay
        let (run, effects) = presence.claim()
        for place in run?.chunks ?? 0..<0 {
            let missing = blocks(of: place).subtracting(held)
            let isAllOnItsWay = missing.isSubset(of: onTheirWay) && isKnown(place)
            #expect(!missing.isEmpty && !isAllOnItsWay, "all of chunk \(place) is on its way")
            #expect(!runs.contains { $0.run.chunks.contains(place) && place >= $0.next }, "another worker has it")
        }
        if let run { runs.append((run, run.chunks.lowerBound)) }
        try carryOut(effects)
    }

    /// Whether it can be told that all of the chunk is on its way: as a whole, or by blocks when it is known how many there are.
    private func isKnown(_ place: Int) -> Bool {
        let isPlain = content.layout == nil, isBegun = !blocks(of: place).isDisjoint(with: held)
        return isPlain || isBegun || fetches.contains { $0.fetch.request.parts.contains(.init(chunk: place)) }
    }

    private mutating func proceed(runOf number: Int) throws {
        let (run, next) = runs[number]
        if next < run.chunks.upperBound, pick(0..<8) > 0 || !mayFail {
            runs[number].next += 1
            held.formUnion(blocks(of: next))
            return try carryOut(presence.arrived(next))
        }
        runs.remove(at: number)
        // Cut short by nobody's wanting it, or by the source.
        if next < run.chunks.upperBound, pick(0..<2) == 0 { return try carryOut(presence.fail(run, failure)) }
        idleWorkers += 1
        try carryOut(presence.release(run))
    }

    private mutating func proceed(fetchOf number: Int) throws {
        if let part = fetches[number].rest.first, pick(0..<8) > 0 || !mayFail {
            fetches[number].rest.removeFirst()
            held.formUnion(part.indices.map { Block(place: part.place, index: $0) })
            return try carryOut(presence.arrived(part.indices, of: part.place, content.empty[part.place]))
        }
        let fetch = fetches.remove(at: number)
        if let layout = content.layout, presence.holdsUsualFrame { try carryOut(presence.learn(layout)) }
        try carryOut(presence.ended(fetch.fetch, fetch.rest.isEmpty ? .success(()) : .failure(failure)))
    }

    // MARK: Askers

    private mutating func keys() -> Set<BlockKey> {
        guard let layout = content.layout else {
            let place = pick(0..<count)
            if pick(0..<6) == 0 { return [.chunk(place: place)] }
            let start = pick(0..<content.cut[place].count), end = pick(start..<content.cut[place].count)
            return Set((start...end).map { .block(place: place, index: $0) })
        }
        var keys: Set<BlockKey> = presence.layout == nil ? [.frame] : []
        for _ in 0..<pick(1..<4) {
            let number = pick(0..<layout.chunks.count), place = pick(0..<count)
            switch pick(0..<6) {
            case 0: keys.insert(.arrayChunk(number: number))
            case 1: keys.insert(.chunk(place: place))
            case 2:
                // Of a chunk whose head is not held nobody can name another block.
                let isKnown = held.contains(Block(place: place, index: 0))
                keys.insert(.block(place: place, index: isKnown ? pick(0..<content.cut[place].count) : 0))
            default: for _ in 0..<3 { keys.insert(.arrayBlock(number: number, block: pick(0..<16))) }
            }
        }
        return keys
    }

    private mutating func ask(_ keys: Set<BlockKey>) throws {
        try ask(Asker(keys: keys, rest: keys, use: presence.beginUse()))
    }

    private mutating func ask(_ asker: Asker) throws {
        for key in asker.rest { touch(key) }
        let token = presence.token()
        guard let effects = presence.ask(asker.rest, token) else { return try settled(asker) }
        askers[token] = asker
        try carryOut(effects)
    }

    /// As whoever looks for what is missing does.
    private mutating func touch(_ key: BlockKey) {
        switch key {
        case .chunk(let place), .block(let place, _): _ = presence.use(place)
        case .arrayChunk(let number), .arrayBlock(let number, _):
            guard let layout = presence.layout else { return }
            if let place = content.manifest.place(ofArrayChunk: number, layout) { _ = presence.use(place) }
        case .frame: break
        }
    }

    /// There is nothing more to wait for: all is there, or is to be asked for by other names.
    private mutating func settled(_ asker: Asker) throws {
        if let layout = content.layout, presence.layout == nil, presence.holdsUsualFrame {
            try carryOut(presence.learn(layout))
        }
        let isThere = asker.keys.allSatisfy { isHeld($0) }
        guard !isThere else { return presence.endUse(asker.use) }
        try ask(Asker(keys: asker.keys, rest: asker.keys, use: asker.use))
    }

    private func isHeld(_ key: BlockKey) -> Bool {
        switch key {
        case .frame: return presence.layout != nil
        case .chunk(let place): return blocks(of: place).isSubset(of: held)
        case .block(let place, let index): return held.contains(Block(place: place, index: index))
        case .arrayChunk(let number):
            guard let place = content.layout.flatMap({ content.manifest.place(ofArrayChunk: number, $0) }) else {
                return true
            }
            return blocks(of: place).isSubset(of: held)
        case .arrayBlock(let number, let block):
            guard let place = content.layout.flatMap({ content.manifest.place(ofArrayChunk: number, $0) }) else {
                return true
            }
            let indices = content.empty[place].blocks?.places(of: [block]) ?? Set(content.cut[place].indices)
            return indices.allSatisfy { held.contains(Block(place: place, index: $0)) }
        }
    }

    private mutating func beginReader() {
        let start = pick(0..<count), chunk = start
        let reader = presence.beginReading(start..<pick(start..<count) + 1), token = presence.token()
        guard let effects = presence.wait(for: chunk, reader, token) else { return presence.endReading(reader) }
        readers[token] = (reader, chunk)
        if effects.startsWorker { idleWorkers += 1 }
    }

    private mutating func leave() throws {
        if let token = askers.keys.min(), pick(0..<2) == 0 {
            let effects = presence.leave(token)
            #expect(effects.resumed.map(\.token) == [token] && effects.fetches.isEmpty)
            if let asker = askers.removeValue(forKey: token) { presence.endUse(asker.use) }
        } else if let (token, reader) = readers.min(by: { $0.key < $1.key }) {
            readers[token] = nil
            let effects = presence.leave(token, reader.reader)
            #expect(effects.resumed.map(\.token) == [token])
        }
    }

    private mutating func remove() throws {
        let onTheirWay = blocksOnTheirWay, isPressing = pick(0..<2) == 0
        let places = presence.removable(isPressing: isPressing).map(\.chunk).filter { _ in pick(0..<3) == 0 }
        let removed = presence.beginRemoval(places, isPressing: isPressing)
        #expect(removed == places)
        for place in removed {
            #expect(blocks(of: place).isDisjoint(with: onTheirWay), "something of chunk \(place) is on its way")
            held.subtract(blocks(of: place))
        }
        try carryOut(presence.endRemoval(removed, isDone: true))
    }

    // MARK: Effects

    private mutating func carryOut(_ effects: Presence.Effects) throws {
        if effects.startsWorker { idleWorkers += 1 }
        for fetch in effects.fetches { try begin(fetch) }
        var again: [Asker] = []
        for (token, outcome) in effects.resumed {
            if let (reader, chunk) = readers.removeValue(forKey: token) {
                presence.endReading(reader)
                #expect((try? outcome.get()) == nil || blocks(of: chunk).isSubset(of: held))
                continue
            }
            let known = askers.removeValue(forKey: token)
            var asker = try #require(known, "nobody waits under \(token)")
            switch outcome {
            case .failure: presence.endUse(asker.use)
            case .success(let rest):
                asker.rest = rest
                again.append(asker)
            }
        }
        for asker in again { if asker.rest.isEmpty { try settled(asker) } else { try ask(asker) } }
    }

    private mutating func begin(_ fetch: BlockFetch) throws {
        let parts = try content.blocks(of: fetch.request)
        let asked = Set(parts.flatMap { part in part.indices.map { Block(place: part.place, index: $0) } })
        #expect(asked.isDisjoint(with: blocksOnTheirWay), "\(fetch.request) asks for what is on its way")
        for (run, next) in runs {
            #expect(!parts.contains { (next..<run.chunks.upperBound).contains($0.place) }, "a worker fetches that")
        }
        fetches.append(Fetch(fetch: fetch, rest: parts))
    }

    // MARK: Checks

    func check() {
        let bytes = held.reduce(0) { $0 + Int64(content.cut[$1.place][$1.index].count) }
        #expect(presence.held.bytes == bytes)
        for place in 0..<count {
            let there = content.cut[place].indices.filter { held.contains(Block(place: place, index: $0)) }
            #expect(content.cut[place].indices.filter { presence.held.contains($0, of: place) } == there)
        }
        #expect(presence.fetches.owners == Set(fetches.map(\.fetch.owner) + runs.map(\.run.owner)))
        for (place, fetched) in presence.fetches.chunks {
            let owners = [fetched.worker, fetched.whole, fetched.part].compactMap { $0 } + fetched.blocks.values
            #expect(!owners.isEmpty && presence.fetches.owners.isSuperset(of: owners), "chunk \(place) is nobody's")
        }
    }

    /// All that is under way comes to its end, and nobody waits any more.
    mutating func end() throws {
        mayFail = false
        for _ in 0..<100_000 where !fetches.isEmpty || !runs.isEmpty || idleWorkers > 0 { try proceed() }
        check()
        #expect(askers.isEmpty && readers.isEmpty && fetches.isEmpty && runs.isEmpty)
        _ = presence.wantAll(false)
        #expect(presence.isIdle)
    }
}

import Arrays
import Blosc2
import Catalogue
import Platform
import Versions

/// What is not held of what reading a selection takes.
struct MissingBlocks: Sendable {
    fileprivate(set) var keys: [BlockKey] = []
    fileprivate(set) var chunkCount = 0
    fileprivate(set) var blockCount = 0

    var isEmpty: Bool { keys.isEmpty }

    fileprivate mutating func add(_ more: [BlockKey], blocks: Int) {
        guard !more.isEmpty else { return }
        keys += more
        chunkCount += 1
        blockCount = blockCount +| blocks
    }
}

extension MissingBlocks: CustomStringConvertible {
    var description: String {
        "\(blockCount) block\(blockCount == 1 ? "" : "s") in \(chunkCount) chunk\(chunkCount == 1 ? "" : "s")"
    }
}

/// Finds what reading a selection of an array takes, part by part, so that no selection needs much memory to be planned.
struct SelectionPlan: Sendable {
    /// Blocks that are looked at together.
    private static let batch = 16_384
    /// More blocks of one chunk are not named one by one.
    static let namedBlocks = 2048

    let selection: Selection
    /// The numbers of blocks are those in the chunks; not so for a frame of items.
    let isArray: Bool
    /// `nil` when nothing of the version is held.
    let mirror: Mirror?

    /// Calls `body` with what is missing; several times, for parts of the selection that can be held one after the other.
    func parts(_ layout: FrameLayout?, _ body: (MissingBlocks) async throws -> Void) async throws {
        var missing = layout == nil ? MissingBlocks.frame : MissingBlocks()
        var count = 0
        for touched in selection.chunks {
            count += add(touched, layout, to: &missing)
            guard count >= Self.batch else { continue }
            // Others have their turn in between, and who has gone is not looked for any longer.
            try Task.checkCancellation()
            await Task.yield()
            if !missing.isEmpty { try await body(missing) }
            (missing, count) = (MissingBlocks(), 0)
        }
        if !missing.isEmpty { try await body(missing) }
    }

    /// The same parts, for who waits for nothing in between.
    func parts(_ layout: FrameLayout?, _ isWanted: () -> Bool, _ body: (MissingBlocks) -> Void) throws {
        var missing = layout == nil ? MissingBlocks.frame : MissingBlocks()
        var count = 0
        for touched in selection.chunks {
            count += add(touched, layout, to: &missing)
            guard count >= Self.batch else { continue }
            guard isWanted() else { throw CancellationError() }
            if !missing.isEmpty { body(missing) }
            (missing, count) = (MissingBlocks(), 0)
        }
        if !missing.isEmpty { body(missing) }
    }

    /// All that is missing, counted for who is told so.
    func total(_ layout: FrameLayout?) -> MissingBlocks {
        var missing = MissingBlocks()
        for touched in selection.chunks {
            _ = add(touched, layout, to: &missing)
            missing.keys.removeAll()
        }
        return missing
    }

    /// - Returns: how many blocks were looked at, and the chunk.
    private func add(_ touched: TouchedChunk, _ layout: FrameLayout?, to missing: inout MissingBlocks) -> Int {
        let count = touched.blockCount, looked = 1 + min(count, Self.namedBlocks)
        guard let layout, let mirror else {
            if isArray { missing.add(keys(touched, count), blocks: count) }
            return looked
        }
        guard touched.number < layout.chunks.count,
            let place = mirror.manifest.place(ofArrayChunk: touched.number, layout)
        else { return 1 }
        switch mirror.use(place) {
        case .whole: return 1
        case .partial(let partial):
            let indices = partial.missing(for: touched)
            let isMost = indices.count > partial.ranges.count / 2 || indices.count > Self.namedBlocks
            missing.add(
                isMost ? [.chunk(place: place)] : indices.map { .block(place: place, index: $0) }, blocks: indices.count
            )
        case .missing:
            // Without its head nobody knows where a frame's items are in a chunk.
            missing.add(isArray ? keys(touched, count) : [.block(place: place, index: 0)], blocks: count)
        }
        return looked
    }

    private func keys(_ touched: TouchedChunk, _ count: Int) -> [BlockKey] {
        if count > selection.geometry.blockCount / 2 || count > Self.namedBlocks {
            return [.arrayChunk(number: touched.number)]
        }
        return touched.blockRuns.flatMap { run in run.map { .arrayBlock(number: touched.number, block: $0) } }
    }
}

extension MissingBlocks {
    fileprivate static var frame: MissingBlocks {
        var missing = MissingBlocks()
        missing.keys = [.frame]
        return missing
    }
}

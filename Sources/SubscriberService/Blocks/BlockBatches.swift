import Platform
import Versions

extension BlockRequest {
    /// Blocks, about: a whole chunk counts as many.
    var size: Int { (parts + arrayParts).saturatingSum { $0.blocks.isEmpty ? 1000 : $0.blocks.count } }

    /// Which chunks an answer has, and how many blocks of each, `nil` for all; `nil` where only the file tells.
    var places: [Int: Int?]? {
        guard !wantsFrame, arrayParts.isEmpty else { return nil }
        return Dictionary(parts.map { ($0.chunk, $0.blocks.isEmpty ? nil : $0.blocks.count) }, uniquingKeysWith: { $1 })
    }

    /// As few requests as their size allows: each with the keys that it is for. What is asked of a chunk is in one of them.
    static func batches(_ keys: Set<BlockKey>) -> [(request: BlockRequest, keys: [BlockKey])] {
        var batches: [(request: BlockRequest, keys: [BlockKey])] = []
        var batch = Batch()
        for (chunk, keys) in Dictionary(grouping: keys, by: Chunk.init).sorted(by: { $0.key < $1.key }) {
            batch.add(chunk, keys)
            guard batch.isFull else { continue }
            batches.append((batch.request, batch.keys))
            batch = Batch()
        }
        if !batch.keys.isEmpty { batches.append((batch.request, batch.keys)) }
        return batches
    }

    /// What a batch has to be asked for.
    private struct Batch {
        private(set) var keys: [BlockKey] = []
        private var parts: [Part] = []
        private var arrayParts: [Part] = []
        private var wantsFrame = false
        private var weight = 0

        /// URLs stay short, and no answer grows out of all proportion.
        var isFull: Bool { keys.count >= 512 || weight >= 256 }
        var request: BlockRequest { BlockRequest(parts, array: arrayParts, frame: wantsFrame) }

        mutating func add(_ chunk: Chunk, _ more: [BlockKey]) {
            let blocks = more.compactMap(\.blockNumber)
            // One that names no block means all of them.
            let isWhole = blocks.count < more.count
            switch chunk {
            case .frame: wantsFrame = true
            case .number(let number): arrayParts.append(Part(chunk: number, blocks: isWhole ? [] : blocks.sorted()))
            case .place(let place): parts.append(Part(chunk: place, blocks: isWhole ? [] : blocks.sorted()))
            }
            keys += more
            weight += isWhole ? 4 : 1
        }
    }

    /// What is asked for together, in the order in which it is asked for: what the frame needs comes first.
    private enum Chunk: Hashable, Comparable {
        case frame
        case number(Int)
        case place(Int)

        init(_ key: BlockKey) {
            switch key {
            case .frame: self = .frame
            case .chunk(let place), .block(let place, _): self = .place(place)
            case .arrayChunk(let number), .arrayBlock(let number, _): self = .number(number)
            }
        }
    }
}

extension BlockKey {
    /// Of one block of a chunk, its index or number.
    fileprivate var blockNumber: Int? {
        switch self {
        case .block(_, let block), .arrayBlock(_, let block): block
        case .frame, .chunk, .arrayChunk: nil
        }
    }
}

import Blosc2
import Catalogue
import HTTP
import Platform

/// `GET /api/explain/{path}`: what a read would cost now.
struct ExplainRoute: Sendable {
    let copy: CatalogueCopy
    let slices: SliceReader
    let versions: CurrentVersions
    let pool: BlockingPool

    private struct Answer: Encodable {
        let path: DatasetPath
        let version: Version
        let cost: ReadCost
    }

    func answer(_ request: HTTPRequest, of text: String) async throws -> HTTPResponse {
        try request.require("GET", "POST")
        let question = try await FetchQuestion(request)
        let (dataset, part) = try await pool.run {
            (try ReadPlace.dataset(text, in: copy, to: "read"), try question.part())
        }
        let mirror = try await versions.keeper.library.existing(dataset.version, filler: versions.keeper.transfers)
        var cost = try await cost(of: part, dataset, mirror)
        if mirror == nil, cost.bytes > 0 { cost.requests += 1 }
        return .json(Answer(path: dataset.path, version: dataset.version, cost: cost))
    }

    private func cost(of part: SliceQuestion?, _ dataset: Dataset, _ mirror: Mirror?) async throws -> ReadCost {
        guard let part else { return fileCost(0..<dataset.size, mirror) }
        if dataset.kind == .file {
            return fileCost(try slices.range(part, of: dataset.path, size: dataset.size), mirror)
        }
        let (geometry, isArray) = try await geometry(dataset, mirror)
        guard let selection = try part.selection(of: geometry, isArray: isArray) else {
            return fileCost(0..<dataset.size, mirror)
        }
        let layout = try await pool.run { try mirror.flatMap { try $0.blocks.layout(of: $0) } }
        let chunkCount = max(dataset.frame?.chunkCount ?? 1, 1)
        var cost = try await SelectionPlan(selection: selection, isArray: isArray, mirror: mirror)
            .cost(layout, chunkLength: (dataset.frame?.cbytes ?? dataset.size) / chunkCount)
        // Where something is held already, the frame comes first: it says what.
        if layout == nil, let mirror, mirror.heldBytes > 0 { cost.requests += 1 }
        return cost
    }

    /// Only of a frame of items something has to be fetched for it: its header.
    private func geometry(_ dataset: Dataset, _ mirror: Mirror?) async throws -> (ArrayGeometry, isArray: Bool) {
        if let reader = mirror?.arrayReader { return (reader.geometry, reader.info.array != nil) }
        if let geometry = dataset.geometry { return (geometry, true) }
        return try await versions.read(dataset.path) { reading in
            let reader = try await slices.opened(reading)
            return (reader.geometry, reader.info.array != nil)
        }
    }

    /// Bytes of the file come by whole chunks; so does a file as a whole.
    private func fileCost(_ range: Range<Int64>, _ mirror: Mirror?) -> ReadCost {
        var cost = ReadCost(bytes: Int64(range.count))
        let runLength = MirrorState.runLength
        guard let mirror else {
            cost.requests = (range.count + Int(runLength) - 1) / Int(runLength)
            cost.fetch = Int64(range.count)
            cost.isExact = false
            return cost
        }
        let present = mirror.present
        var run: Int64 = 0
        for place in mirror.manifest.chunks(touching: range) {
            let length = mirror.manifest.chunks[place].length
            cost.chunks += 1
            cost.blocks += 1
            guard !present.contains(place), !mirror.holds(range.clamped(to: mirror.manifest.chunks[place].range)) else {
                run = 0
                continue
            }
            cost.missing += 1
            cost.fetch += length
            if run == 0 || run + length > runLength { (cost.requests, run) = (cost.requests + 1, 0) }
            run += length
        }
        return cost
    }
}

import Arrays
import Blosc2
import Catalogue
import HTTP
import Platform
import Wire

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
        let question = try await FetchQuestion(request, on: pool)
        let (dataset, part) = try await pool.run {
            (try ReadPlace.dataset(text, in: copy, to: "read"), try question.part())
        }
        let mirror = try await versions.keeper.library.existing(dataset.version, filler: versions.keeper.transfers)
        let (version, cost) = try await cost(of: part, dataset, mirror)
        return .json(Answer(path: dataset.path, version: version, cost: cost))
    }

    private func cost(
        of part: SliceQuestion?, _ dataset: Dataset, _ mirror: Mirror?
    ) async throws -> (Version, ReadCost) {
        if dataset.kind == .file {
            let range = try part.map { try slices.range($0, of: dataset.path, size: dataset.size) } ?? 0..<dataset.size
            return (dataset.version, ReadCost(range, ofFileOf: dataset.size, mirror))
        }
        guard let part else { return (dataset.version, frameCost(dataset, mirror)) }
        let (geometry, isArray, mirror) = try await geometry(dataset, mirror)
        guard let selection = try part.selection(of: geometry, isArray: isArray) else {
            return (mirror?.version ?? dataset.version, frameCost(dataset, mirror))
        }
        // What would be refused costs nothing; and no more chunks are looked at than a read would look at.
        let fieldSize = part.field.flatMap { dataset.array?.size(ofField: $0) }
        try SliceReader.check(selection, itemSize: fieldSize ?? geometry.itemSize)
        let chunkLength = Self.chunkLength(dataset)
        let cost = try await pool.run(asLongAs: { isWanted in
            let layout = try mirror.flatMap { try $0.layout() }
            var cost = try SelectionPlan(selection: selection, isArray: isArray, mirror: mirror)
                .cost(layout, chunkLength: chunkLength, isWanted)
            // Where something is held already, the frame comes first: it says what.
            let isKnown = mirror.map { $0.heldBytes > 0 } ?? holdsOlder(dataset)
            if layout == nil, isKnown { cost.requests += 1 }
            return cost
        })
        return (mirror?.version ?? dataset.version, cost)
    }

    /// Whether something is held of an older version, which may be in this one as well.
    private func holdsOlder(_ dataset: Dataset) -> Bool {
        guard let older = versions.keeper.holding(dataset.path)?.version, older != dataset.version else { return false }
        return versions.keeper.library.summary(older).map { $0.held > 0 } ?? false
    }

    /// About: bytes of a chunk of a frame. No chunk has more than an `Int32` says, whatever was announced.
    private static func chunkLength(_ dataset: Dataset) -> Int64 {
        let length = (dataset.frame?.cbytes ?? dataset.size) / max(dataset.frame?.chunkCount ?? 1, 1)
        return min(max(length, 1), Int64(Int32.max))
    }

    /// Only of a frame of items something has to be fetched for it: manifest and header, after which its mirror is there.
    private func geometry(
        _ dataset: Dataset, _ mirror: Mirror?
    ) async throws -> (ArrayGeometry, isArray: Bool, Mirror?) {
        if let reader = mirror?.arrayReader { return (reader.geometry, reader.info.array != nil, mirror) }
        if let geometry = dataset.geometry { return (geometry, true, mirror) }
        return try await versions.read(dataset.path) { reading in
            let reader = try await slices.opened(reading)
            return (reader.geometry, reader.info.array != nil, reading.mirror)
        }
    }

    /// A frame as a whole comes by runs of whole chunks.
    private func frameCost(_ dataset: Dataset, _ mirror: Mirror?) -> ReadCost {
        var cost = ReadCost(bytes: dataset.size)
        let runLength = Demand.runLength
        guard let mirror else {
            let chunk = Self.chunkLength(dataset)
            let perRequest = max(runLength / chunk, 1) * chunk
            // The manifest, too.
            cost.requests = 1 + Int((dataset.size + perRequest - 1) / perRequest)
            cost.fetch = dataset.size
            cost.isExact = false
            return cost
        }
        let present = mirror.present
        var run: Int64 = 0
        for place in mirror.manifest.chunks.indices {
            let length = mirror.manifest.chunks[place].length
            cost.chunks += 1
            cost.blocks += 1
            guard !present.contains(place) else {
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

extension ArrayMetadata {
    /// Bytes that a field takes of each item; `nil` when the type has none of that name.
    fileprivate func size(ofField field: String) -> Int? {
        ItemType(parsing: dtype)?.fields.first { $0.name.hasBytes(of: field) }?.type.size
    }
}

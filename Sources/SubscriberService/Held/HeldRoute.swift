import Arrays
import Blosc2
import Catalogue
import HTTP
import Platform
import Versions
import Wire

/// `GET /api/held/{path}`: which chunks of a dataset are held, which in part, and which are on their way.
struct HeldRoute: Sendable {
    let copy: CatalogueCopy
    let keeper: MirrorKeeper
    let pool: BlockingPool

    func answer(_ request: HTTPRequest, of text: String) async throws -> HTTPResponse {
        let dataset = try await pool.run { try ReadPlace.dataset(text, in: copy, to: "hold") }
        let mirror = try await partialMirror(dataset.version)
        return try await pool.run {
            let answer = HeldAnswer(
                dataset, held: keeper.library.summary(dataset.version)?.held ?? 0, try runs(dataset, mirror))
            return .large(WireJSON.encode(answer), request)
        }
    }

    /// The mirror of a version of which some is held, but not all: of others there is nothing to look up.
    private func partialMirror(_ version: Version) async throws -> Mirror? {
        let library = keeper.library
        if library.opened(version) == nil, library.isSaved(version) { return nil }
        return try await library.existing(version, filler: keeper.transfers)
    }

    private func runs(_ dataset: Dataset, _ mirror: Mirror?) throws -> (count: Int, HeldRuns) {
        let count = dataset.chunkCount
        guard let mirror else {
            return (count, HeldRuns(all: count, areHeld: keeper.library.isSaved(dataset.version)))
        }
        let chunks = HeldChunks(of: mirror, try mirror.layout(), count: count)
        return (chunks.count, HeldRuns(chunks))
    }
}

/// What `/api/held` says of a dataset.
private struct HeldAnswer: Encodable {
    let version: Version
    let size: Int64
    let held: Int64
    let chunks: Int
    /// Chunks along each dimension, of an array.
    let grid: [Int]?
    let whole: [[Int]]
    let partial: [[Int]]
    let fetching: [[Int]]
    let exact: Bool

    init(_ dataset: Dataset, held: Int64, _ found: (count: Int, runs: HeldRuns)) {
        version = dataset.version
        size = dataset.size
        self.held = held
        chunks = found.count
        let geometry = dataset.geometry
        grid = geometry?.chunkCount == found.count ? geometry?.chunkGrid : nil
        func pairs(_ runs: [Range<Int>]) -> [[Int]] { runs.map { [$0.lowerBound, $0.count] } }
        whole = pairs(found.runs.whole)
        partial = pairs(found.runs.partial)
        fetching = pairs(found.runs.fetching)
        exact = found.runs.isExact
    }
}

extension Dataset {
    /// How many chunks it has, by what the catalogue says.
    fileprivate var chunkCount: Int {
        if let geometry { return geometry.chunkCount }
        if let frame { return min(max(0, Int(frame.chunkCount)), FrameLayout.maximumChunkCount) }
        return Int(max(0, size) / VersionMaker.plainChunkLength) + (size % VersionMaker.plainChunkLength > 0 ? 1 : 0)
    }
}

import Catalogue
import HTTP

/// A listing as it comes in, line by line.
struct CatalogueListing {
    static let tooLong = HTTPError(.tooLarge, "the broker has more datasets than this subscriber takes in")
    /// About what a line costs besides its bytes.
    private static let lineCost = 700

    private(set) var lines: [CatalogueCopy.Line] = []
    /// Where the listing stands; the last line says it.
    private(set) var end: CatalogueState.Position?
    private var cost = 0

    /// - Throws: what decoding throws; ``tooLong``.
    mutating func take(_ line: [UInt8]) throws {
        switch try FeedLine(line: line) {
        // What is not there need not be listed.
        case .change(_, .delete): break
        case .change(let revision, let change):
            cost += line.count + Self.lineCost
            guard cost <= CatalogueState.costLimit else { throw Self.tooLong }
            lines.append((revision, change, line))
        case .bookmark(let revision, let epoch, _): end = .init(epoch: epoch, revision: revision)
        case .end(_, let reason): throw HTTPError(.badResponse, "the broker ended its listing: \(reason)")
        }
    }
}

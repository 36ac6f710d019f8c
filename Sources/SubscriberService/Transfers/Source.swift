import Catalogue
import HTTP
import Platform
import Versions

/// A data plane from which a version can be fetched: a publisher's, or another subscriber's.
struct Source: Hashable, Sendable {
    /// Without a slash at the end.
    let url: String

    func manifestURL(_ version: Version, since old: Version?) -> String {
        "\(url)/versions/\(version)/manifest" + (old.map { "?since=\($0)" } ?? "")
    }

    func blocksURL(_ version: Version, _ request: BlockRequest) -> String {
        "\(url)/versions/\(version)/blocks?of=\(request)"
    }

    func dataURL(_ version: Version) -> String { "\(url)/versions/\(version)/data" }
}

/// Who has a dataset: known from the catalogue, asked at the time of each fetch.
protocol SourceDirectory: Sendable {
    /// The sources of a dataset's versions, the best first; empty when its group is unknown.
    func sources(of path: DatasetPath) -> [Source]
    /// Whether it is worth the while to ask: the group's publisher is online, or there is another subscriber to ask.
    func mayAnswer(for path: DatasetPath) -> Bool
}

import Catalogue
import Wire

/// A data plane from which a version can be fetched: a publisher's, or another subscriber's.
struct Source: Hashable, Sendable {
    /// Without a slash at the end.
    let url: String

    /// Where a part of a version is.
    func url(of version: Version, _ part: VersionQuestion.Part) -> String {
        url + VersionQuestion(version, part).target
    }
}

/// Who has a dataset: known from the catalogue, asked at the time of each fetch.
protocol SourceDirectory: Sendable {
    /// The sources of a dataset's versions, the best first; empty when its group is unknown.
    func sources(of path: DatasetPath) -> [Source]
    /// Whether it is worth the while to ask: the group's publisher is online, or there is another subscriber to ask.
    func mayAnswer(for path: DatasetPath) -> Bool
}

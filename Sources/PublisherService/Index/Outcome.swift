internal import Catalogue
internal import Platform

/// What came of looking at a file.
enum Outcome: Sendable {
    /// It has this version now.
    case made(Made)
    /// It is not there, or not to be published.
    case removed(RelativePath, FolderError)
    /// It cannot be asked for: what holds it is away, or does not answer.
    case unreachable(RelativePath, FolderError)
    /// It is what the index says.
    case unchanged(RelativePath)
    /// It is a frame that is not whole, and may become one.
    case unfinished(RelativePath, String)
    /// It changed each time while it was read.
    case unsettled(RelativePath)
    /// The publisher is stopping.
    case stopped(RelativePath)

    struct Made: Sendable {
        let path: RelativePath
        let entry: FileTable.Entry
        /// Encoded; nil where the store has it.
        let manifest: [UInt8]?
        let dataset: Dataset
    }

    var path: RelativePath {
        switch self {
        case .made(let made): made.path
        case .removed(let path, _), .unreachable(let path, _), .unfinished(let path, _), .unchanged(let path),
            .unsettled(let path), .stopped(let path):
            path
        }
    }
}

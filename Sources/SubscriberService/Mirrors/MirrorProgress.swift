import Catalogue

/// How much of a dataset's current version is held.
struct MirrorProgress: Sendable, Encodable, Equatable {
    enum State: String, Sendable, Encodable {
        /// Nobody has asked for all of it.
        case idle
        case running
        case complete
        /// What came is wrong, or cannot be stored; it is tried again all the same.
        case failed
    }

    var path: DatasetPath
    var version: Version
    var state: State
    var held: Int64
    var size: Int64
    var error: String?
}

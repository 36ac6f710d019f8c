/// What has happened to a mirror.
enum MirrorEvent: Sendable {
    /// A request for some of it begins, or is over.
    case requested
    /// Chunks or blocks have arrived.
    case arrived
    /// Some of it has made room.
    case removed
    /// All of it was wanted and could not be had.
    case gaveUp(FetchFailure)
}

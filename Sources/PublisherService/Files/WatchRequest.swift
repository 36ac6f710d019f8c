internal import Platform

/// What others ask of who watches the folder.
enum WatchRequest: Sendable {
    /// The file changed while it was read.
    case settle(RelativePath)
    /// The file is a frame that is not whole.
    case retry(RelativePath, after: Duration)
    /// The file was read so soon after it was written that only silence proves that nothing followed.
    case trust(RelativePath, FileIdentity)
    /// The file's bytes are not what they were, whatever its times say.
    case reread(RelativePath)
    /// Whether the folder is where it was.
    case check
    case rescan
}

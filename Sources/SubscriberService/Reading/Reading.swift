import Catalogue

/// A dataset at one version, for the time of one answer.
struct Reading: Sendable {
    let path: DatasetPath
    let mirror: Mirror
    /// The version is what the catalogue says.
    let isCurrent: Bool
    /// What is missing can be asked for; if not, whoever needs it fails at once.
    let mayFetch: Bool

    var version: Version { mirror.version }
}

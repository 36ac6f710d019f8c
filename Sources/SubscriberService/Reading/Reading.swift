import Catalogue

/// A dataset at one version, for the time of one answer.
struct Reading: Sendable {
    let path: DatasetPath
    let mirror: Mirror
    /// The version is what the catalogue says.
    let isCurrent: Bool
    /// What is missing can be asked for; if not, whoever needs it fails at once.
    let mayFetch: Bool
    /// What is found to be held stays so for as long as this lives.
    private let use: MirrorUse

    init(path: DatasetPath, mirror: Mirror, isCurrent: Bool, mayFetch: Bool) {
        self.path = path
        self.mirror = mirror
        self.isCurrent = isCurrent
        self.mayFetch = mayFetch
        use = MirrorUse(mirror)
    }

    var version: Version { mirror.version }
}

import Catalogue
import Platform

/// The versions that were held of datasets when newer ones were announced, and since when they are not current: what a reader
/// is given when newer versions come faster than they can be read.
struct Superseded: Sendable {
    struct Entry: Sendable {
        let version: Version
        let since: SteadyInstant
    }

    /// More datasets that change all the time have to do without.
    private static let limit = 4096
    /// So long what is held of a version stays although a newer one takes its place.
    static let patience = Duration.seconds(60)

    private var entries: [DatasetPath: Entry] = [:]
    private var counts: [Version: Int] = [:]

    subscript(path: DatasetPath) -> Entry? { entries[path] }
    func contains(_ version: Version) -> Bool { counts[version] != nil }

    /// A newer version than `version` was announced. The first one counts.
    mutating func note(_ path: DatasetPath, _ version: Version, _ now: SteadyInstant) {
        guard entries[path] == nil, entries.count < Self.limit else { return }
        entries[path] = Entry(version: version, since: now)
        counts[version, default: 0] += 1
    }

    /// What is current can be read, or the dataset is no more.
    ///
    /// - Returns: the version that was superseded.
    @discardableResult mutating func end(_ path: DatasetPath) -> Version? {
        guard let version = entries.removeValue(forKey: path)?.version, let count = counts[version] else { return nil }
        counts[version] = count == 1 ? nil : count - 1
        return version
    }

    /// Ends those that have been superseded for some time, unless they are all that is held.
    mutating func sweep(_ now: SteadyInstant, isHeld: (DatasetPath, Version) -> Bool) {
        for (path, entry) in entries where now - entry.since > Self.patience && !isHeld(path, entry.version) {
            end(path)
        }
    }
}

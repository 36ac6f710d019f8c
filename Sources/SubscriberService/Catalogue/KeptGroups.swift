import Catalogue
import Platform

/// The groups of which datasets are kept that the present log has not told of: since when, and for how long.
///
/// A broker that has lost its log, or is another, or was given an older copy, cannot tell what is gone from what has not been
/// announced to it yet. What was known stays, until the group's publisher says that it has announced all that it has.
struct KeptGroups: Sendable {
    struct Entry: Sendable {
        /// Datasets that are kept of it.
        fileprivate(set) var count = 0
        /// Its publisher has announced anew when it says a greater number than this.
        var beyond: UInt64
        /// When they were known to be current.
        var since: SteadyInstant
        /// From when on its publisher has been there.
        fileprivate var start: SteadyInstant
        /// When something of it was announced last.
        fileprivate var active: SteadyInstant

        init(beyond: UInt64, since: SteadyInstant, now: SteadyInstant) {
            self.beyond = beyond
            self.since = since
            start = now
            active = now
        }
    }

    /// Publishers that do not say when they have announced all: so long nothing must have come of the group.
    static let quiet = Duration.seconds(60)
    /// No publisher that is there needs longer to say that it has announced all.
    static let patience = Duration.seconds(600)
    /// Nor to announce all without saying so.
    static let longestPatience = Duration.seconds(3600)

    private var entries: [String: Entry] = [:]

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }
    /// Since when the oldest of all is not known to be current.
    var oldest: SteadyInstant? { entries.values.map(\.since).min() }
    var names: [String] { Array(entries.keys) }
    subscript(name: String) -> Entry? { entries[name] }

    /// Begins to keep something of the group, if it is not kept already.
    mutating func begin(_ name: String, beyond: UInt64, since: SteadyInstant, now: SteadyInstant) {
        guard let known = entries[name] else {
            entries[name] = Entry(beyond: beyond, since: since, now: now)
            return
        }
        entries[name] = Entry(beyond: max(known.beyond, beyond), since: min(known.since, since), now: now)
        entries[name]?.count = known.count
    }

    /// One more dataset of a group that ``begin(_:beyond:since:now:)`` was called for.
    mutating func add(_ name: String) { entries[name]?.count += 1 }

    /// One of the group's datasets is kept no longer.
    mutating func remove(_ name: String) {
        entries[name]?.count -= 1
        if entries[name]?.count == 0 { entries[name] = nil }
    }

    /// Forgets groups of which nothing is kept.
    mutating func forgetEmpty() { entries = entries.filter { $0.value.count > 0 } }

    mutating func note(activityOf name: String, _ now: SteadyInstant) { entries[name]?.active = now }

    /// The groups whose publishers are there and will not say more.
    ///
    /// - Parameter group: as the present log has it.
    mutating func overdue(_ now: SteadyInstant, _ group: (String) -> Group?) -> [String] {
        var names: [String] = []
        for (name, entry) in entries {
            guard let group = group(name), group.online else {
                entries[name]?.start = now
                continue
            }
            let isOverdue =
                group.announced == nil
                ? now - max(entry.active, entry.start) >= Self.quiet || now - entry.start >= Self.longestPatience
                : now - entry.start >= Self.patience
            if isOverdue { names.append(name) }
        }
        return names
    }
}

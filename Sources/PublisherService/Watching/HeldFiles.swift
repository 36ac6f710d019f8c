/// Files whose writers keep them open: how long what was written to them is held back.
///
/// A pause is no end: half of a file is not published while somebody has it open for writing. Who keeps a file open for
/// ever, as programs do with their logs, is not waited for for ever.
struct HeldFiles {
    typealias Instant = ContinuousClock.Instant

    /// Ten limits: a file that is new, or was begun anew, is worth little before it is whole.
    private static let patience = 10

    private struct Entry {
        /// The first write that is not published.
        var first: Instant
        var last: Instant
        /// Not to be looked at before, whatever is written.
        var check: Instant
    }

    private var entries: [RelativePath: Entry] = [:]

    /// - Returns: When to look at a file that is written to: when it has been quiet, at the latest when it has been held back
    ///   for long enough.
    mutating func write(_ path: RelativePath, at now: Instant, settle: Duration, limit: Duration) -> Instant {
        var entry = entries[path] ?? Entry(first: now, last: now, check: now + limit)
        entry.last = now
        entries[path] = entry
        return min(now + settle, max(entry.check, now))
    }

    /// Whether a file that is open for writing is to be held back for longer.
    ///
    /// - Parameter hasOnlyGrown: it begins, for all one can see, with what is published.
    /// - Returns: When to look again; nil when it has been held back for long enough.
    mutating func hold(_ path: RelativePath, at now: Instant, limit: Duration, hasOnlyGrown: Bool) -> Instant? {
        var entry = entries[path] ?? Entry(first: now, last: now, check: now + limit)
        let end = min(entry.last + limit, entry.first + (hasOnlyGrown ? limit : limit * Self.patience))
        guard now < end else { return nil }
        entry.check = now + limit / 4
        entries[path] = entry
        return end
    }

    /// The file is read, or has gone.
    mutating func remove(_ path: RelativePath) { entries[path] = nil }
}

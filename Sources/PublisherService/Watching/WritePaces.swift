/// When files are read to which somebody writes again and again.
///
/// Many a writer closes its file several times in one write: what follows a close within a moment belongs to it. A file
/// that never rests is read again and again, with growing pauses, so that readers can keep up with its versions.
struct WritePaces {
    typealias Instant = ContinuousClock.Instant

    private struct Pace {
        /// The first close since the file was looked at.
        var first: Instant?
        var looked: Instant?
        var pause: Duration
    }

    /// What a file without a rest waits for at least.
    private static let shortest = Duration.milliseconds(250)
    private static let longest = Duration.seconds(1)

    /// So many are remembered before those that rest are forgotten.
    private var limit = 4096

    private var paces: [RelativePath: Pace] = [:]

    /// A close, after which nothing may come for `gather`.
    ///
    /// - Returns: When to look.
    mutating func close(_ path: RelativePath, at now: Instant, gather: Duration) -> Instant {
        var pace = paces[path] ?? Pace(pause: gather)
        let first = pace.first ?? now
        pace.first = first
        if paces.count >= limit { forget(before: now - Self.longest * 4) }
        paces[path] = pace
        let latest = first + max(pace.pause, Self.shortest)
        let earliest = pace.looked.map { $0 + pace.pause } ?? now
        return max(min(now + gather, latest), earliest)
    }

    /// The file is looked at.
    ///
    /// - Returns: Whether it has had no rest for so long that a writer is no reason to wait any more.
    mutating func look(_ path: RelativePath, at now: Instant) -> Bool {
        guard var pace = paces[path] else { return false }
        let isRestless = pace.first.map { now - $0 >= Self.shortest } ?? false
        if let looked = pace.looked, now - looked < max(pace.pause, Self.shortest) * 3 {
            pace.pause = min(pace.pause * 2, Self.longest)
        } else {
            pace.pause = min(pace.pause, Self.shortest)
        }
        pace.looked = now
        pace.first = nil
        paces[path] = pace
        return isRestless
    }

    private mutating func forget(before time: Instant) {
        paces = paces.filter { $0.value.first != nil || ($0.value.looked ?? time) >= time }
        limit = max(4096, 2 * paces.count)
    }
}

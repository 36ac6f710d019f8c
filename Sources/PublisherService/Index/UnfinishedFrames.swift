internal import Platform

/// Frames that were caught between two writes of their writers: they are read again until they are whole.
///
/// What was a frame, or is named as one, and cannot be understood is not published as something else at once. After a
/// while it is: a damaged file is a file.
struct UnfinishedFrames {
    /// Of what the catalogue says to be a frame; what never was one gets a sixth.
    private let limit: Duration

    private struct Entry {
        let since: ContinuousClock.Instant
        var pause = Duration.milliseconds(20)
    }

    private var entries: [RelativePath: Entry] = [:]

    init(limit: Duration = .seconds(30)) { self.limit = limit }

    /// Whether to wait for the rest of a file.
    ///
    /// - Parameter age: since something was written to it.
    func isWaiting(for path: RelativePath, wasFrame: Bool, age: Duration) -> Bool {
        let limit = wasFrame ? limit : limit / 6
        guard let entry = entries[path] else { return age < limit }
        return age < limit && entry.since.duration(to: .now) < limit
    }

    /// The file was read and is not whole.
    ///
    /// - Returns: After which time to read it again, and whether this is worth a word.
    mutating func note(_ path: RelativePath) -> (pause: Duration, isLong: Bool) {
        var entry = entries[path] ?? Entry(since: .now)
        defer { entries[path] = entry }
        let pause = entry.pause
        entry.pause = min(pause * 2, .seconds(1))
        return (pause, pause == .milliseconds(640))
    }

    mutating func clear(_ path: RelativePath) { entries[path] = nil }
}

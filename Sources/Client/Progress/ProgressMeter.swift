internal import Platform

/// How fast a number of bytes grows, over the last seconds.
struct ProgressMeter: Sendable {
    private static let window = 5.0
    private var samples: [(time: Double, bytes: Int64)] = []

    /// Notes how many bytes there are at a time, in seconds of any clock that only grows.
    mutating func note(_ bytes: Int64, at time: Double) {
        // What begins anew, as a download whose dataset has changed does, has no rate yet.
        if let last = samples.last, bytes < last.bytes { samples = [] }
        if samples.count > 1, let last = samples.last, time - last.time < 0.05 { samples.removeLast() }
        samples.append((time, bytes))
        // One sample from before the window stays, so that slow growth has a rate, too.
        while samples.count > 2, samples[1].time < time - Self.window { samples.removeFirst() }
    }

    /// Bytes a second, `nil` as long as nobody can tell.
    var rate: Double? {
        guard let first = samples.first, let last = samples.last, last.time - first.time > 0.1 else { return nil }
        return Double(last.bytes -| first.bytes) / (last.time - first.time)
    }

    /// Seconds until there are `total` bytes.
    func timeLeft(total: Int64) -> Double? {
        guard let rate, rate > 0, let last = samples.last else { return nil }
        return Double(max(0, total -| last.bytes)) / rate
    }
}

/// What the log was told of the publisher's standing: of a connection that breaks again and again not each break.
struct ToldStanding {
    typealias Instant = ContinuousClock.Instant

    private static let shortest = Duration.seconds(30)
    private static let longest = Duration.seconds(3600)

    private var warning: String?
    private var last: Instant?
    private var pause = Self.shortest
    private var silent = 0
    /// Whether the last line said that something is wrong.
    private var isTrouble = false

    /// - Returns: How many turns were not told since the last that was; nil when this one is not to be told either.
    mutating func turn(to standing: BrokerStanding.Standing, at now: Instant) -> Int? {
        switch standing {
        case .announcing:
            // Who was told of trouble hears of its end, once; what comes soon after is more of the same.
            defer { isTrouble = false }
            return isTrouble || last == nil ? 0 : nil
        case .apart:
            if let last, last.duration(to: now) < pause {
                silent += 1
                return nil
            }
            let isRecent = last.map { $0.duration(to: now) < pause * 4 } ?? false
            pause = isRecent ? min(pause * 2, Self.longest) : Self.shortest
            defer { silent = 0 }
            last = now
            isTrouble = true
            return silent
        }
    }

    /// - Returns: Whether the broker's warning is another than before.
    mutating func warn(_ text: String?) -> Bool {
        defer { warning = text }
        return text != nil && warning != text
    }
}

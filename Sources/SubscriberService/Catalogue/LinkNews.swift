import Platform

/// Which comings and goings of a connection are worth a line of the log: the first loss, and of a connection that is lost
/// again and again ever fewer.
struct LinkNews: Sendable {
    /// A connection that lasts so long stands.
    static let standing = Duration.seconds(10)
    /// One that lasts so long is as good as new.
    private static let sound = Duration.seconds(600)
    private static let longestPause = Duration.seconds(3600)

    private var connected: SteadyInstant?
    private var toldLoss: SteadyInstant?
    private var pause = LinkNews.standing
    /// The last line said that it is gone.
    private var saidGone = true

    /// - Returns: whether to say so.
    mutating func came(_ now: SteadyInstant) -> Bool {
        if connected == nil { connected = now }
        defer { saidGone = false }
        return saidGone
    }

    /// - Returns: whether to say so, and whether it had stood.
    mutating func went(_ now: SteadyInstant) -> (isNews: Bool, hadStood: Bool) {
        let lasted = connected.map { now - $0 }
        connected = nil
        if let lasted, lasted >= Self.sound { (toldLoss, pause) = (nil, Self.standing) }
        let hadStood = lasted.map { $0 >= Self.standing } ?? false
        if let told = toldLoss, now - told < pause { return (false, hadStood) }
        if toldLoss != nil { pause = min(pause * 2, Self.longestPause) }
        toldLoss = now
        saidGone = true
        return (true, hadStood)
    }
}

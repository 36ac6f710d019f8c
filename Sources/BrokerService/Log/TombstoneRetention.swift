/// How long the log remembers deletions: who was away for longer lists the catalogue again.
public struct TombstoneRetention: Hashable, Sendable {
    public var count: Int
    public var seconds: Double

    public init(count: Int = 100_000, seconds: Double = 7 * 86_400) {
        self.count = count
        self.seconds = seconds
    }
}

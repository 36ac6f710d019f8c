/// A moment of a ``SteadyClock``: of use only beside other moments of the same clock, in the same process.
public struct SteadyInstant: InstantProtocol, Sendable {
    /// Since the machine was started.
    public let sinceStart: Duration

    /// Some 70 billion years; sums beyond it end there, as pauses may come from outside.
    private static func limited(_ duration: Duration) -> Duration {
        max(.seconds(Int64.min / 4), min(duration, .seconds(Int64.max / 4)))
    }

    public init(sinceStart: Duration) { self.sinceStart = Self.limited(sinceStart) }

    public func advanced(by duration: Duration) -> SteadyInstant {
        SteadyInstant(sinceStart: sinceStart + Self.limited(duration))
    }

    public func duration(to other: SteadyInstant) -> Duration { other.sinceStart - sinceStart }

    public static func + (a: SteadyInstant, b: Duration) -> SteadyInstant { a.advanced(by: b) }
    public static func += (a: inout SteadyInstant, b: Duration) { a = a.advanced(by: b) }
    public static func - (a: SteadyInstant, b: SteadyInstant) -> Duration { b.duration(to: a) }

    public static func < (a: SteadyInstant, b: SteadyInstant) -> Bool { a.sinceStart < b.sinceStart }
}

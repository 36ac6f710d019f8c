/// Waits for the state of something outside of the test's process, which cannot be awaited.
public enum Eventually {
    /// Asks until `condition` holds.
    ///
    /// - Throws: ``TestFailure`` when it does not hold within the time; what `condition` throws.
    public static func holds(
        _ what: String, within limit: Duration = Patience.limit, every pause: Duration = .milliseconds(10),
        _ condition: () async throws -> Bool
    ) async throws {
        _ = try await value(what, within: limit, every: pause) { try await condition() ? true : nil }
    }

    /// Asks until `attempt` gives a value.
    public static func value<Value>(
        _ what: String, within limit: Duration = Patience.limit, every pause: Duration = .milliseconds(10),
        _ attempt: () async throws -> Value?
    ) async throws -> Value {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        while true {
            if let value = try await attempt() { return value }
            guard clock.now < deadline else { throw TestFailure("\(what): not within \(limit)") }
            try await clock.sleep(for: pause)
        }
    }
}

/// Why a test cannot go on.
public struct TestFailure: Error, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// One thing that is measured: what is prepared once, and what is done again and again.
struct Benchmark: Sendable {
    let name: String
    /// What one operation works on, for the table.
    let unit: String
    /// Prepares, and returns the operation; its argument counts up from 0.
    let prepare: @Sendable () throws -> (Int) throws -> Void

    /// Nanoseconds of an operation, over `count` of them.
    func measure(count: Int) throws -> Double {
        let operation = try prepare()
        let elapsed = try ContinuousClock().measure {
            for number in 0..<count { try operation(number) }
        }
        return elapsed / .nanoseconds(count)
    }
}

/// Uses a value, so that what made it is not optimised away.
@_optimize(none)
func use<Value>(_ value: borrowing Value) {}

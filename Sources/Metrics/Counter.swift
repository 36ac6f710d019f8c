internal import Synchronization

/// A number that only grows, from any thread; counting costs an addition and takes no lock.
public final class Counter: Sendable {
    private let value = Atomic(Int64(0))

    public init() {}

    public var total: Int64 { value.load(ordering: .relaxed) }

    public func add(_ count: Int64) { value.wrappingAdd(count, ordering: .relaxed) }
    public func add(_ count: Int = 1) { add(Int64(count)) }
}

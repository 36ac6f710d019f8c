internal import Synchronization

/// A switch that is thrown once, from any thread.
public final class Flag: Sendable {
    private let raised = Atomic(false)
    public init() {}
    public var isSet: Bool { raised.load(ordering: .acquiring) }
    public func set() { raised.store(true, ordering: .releasing) }
}

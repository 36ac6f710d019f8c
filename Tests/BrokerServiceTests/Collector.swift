import Platform
import Synchronization

/// Collects in several tasks.
final class Collector<Element: Sendable>: Sendable {
    private let elements = Locked([Element]())
    func add(_ new: some Sequence<Element>) { for element in new { elements.withLock { $0.append(element) } } }
    var all: [Element] { elements.withLock { $0 } }
}

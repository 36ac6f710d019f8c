/// One line of an exposition: a number, and what tells it from the others of its family.
public struct MetricSample: Sendable, Hashable {
    public struct Label: Sendable, Hashable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What follows the family's name: `_total`, `_bucket`, …
    public let suffix: String
    public let labels: [Label]
    public let value: MetricValue

    public init(suffix: String = "", labels: [Label] = [], _ value: MetricValue) {
        self.suffix = suffix
        self.labels = labels
        self.value = value
    }
}

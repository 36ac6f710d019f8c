/// All samples of one name, and what they mean.
public struct MetricFamily: Sendable, Hashable {
    public enum Kind: String, Sendable {
        /// Only grows while the process lives.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts by how large something was.
        case histogram
        /// Says something in its labels; its value is 1.
        case info

        fileprivate var suffix: String {
            switch self {
            case .counter: "_total"
            case .info: "_info"
            case .gauge, .histogram: ""
            }
        }
    }

    /// What a number counts, unless it is things.
    public enum Unit: String, Sendable { case bytes, seconds }

    /// Without what the samples add to it. With a unit it ends in that.
    public let name: String
    public let kind: Kind
    public let unit: Unit?
    /// A sentence for people.
    public let help: String
    public let samples: [MetricSample]

    private init(_ kind: Kind, _ name: String, _ help: String, _ unit: Unit?, _ samples: [MetricSample]) {
        // Names are written in this program: a wrong one is found by the first test that asks for it.
        precondition(MetricName.isValid(name), "'\(name)' is no name of a metric")
        precondition(unit.map { name.hasSuffix("_\($0)") } ?? true, "'\(name)' does not end in its unit")
        precondition(
            samples.allSatisfy { $0.labels.allSatisfy { MetricName.isValidLabel($0.name) } },
            "a label of '\(name)' has a name that is none")
        self.name = name
        self.kind = kind
        self.unit = unit
        self.help = help
        self.samples = samples
    }

    /// One number, or none when it is not known now.
    public init(_ kind: Kind, _ name: String, unit: Unit? = nil, _ help: String, _ value: MetricValue?) {
        self.init(kind, name, help, unit, value.map { [MetricSample(suffix: kind.suffix, $0)] } ?? [])
    }

    /// A number for each value of a label. There must be few of them, however long the program runs.
    public init(
        _ kind: Kind, _ name: String, unit: Unit? = nil, _ help: String, by label: String,
        _ values: [(label: String, value: MetricValue)]
    ) {
        let samples = values.map { value in
            MetricSample(suffix: kind.suffix, labels: [.init(label, value.label)], value.value)
        }
        self.init(kind, name, help, unit, samples)
    }

    /// Facts that do not change.
    public init(info name: String, _ help: String, _ labels: [MetricSample.Label]) {
        self.init(.info, name, help, nil, [MetricSample(suffix: Kind.info.suffix, labels: labels, .integer(1))])
    }

    /// How long something took.
    public init(_ name: String, _ help: String, _ durations: DurationHistogram.Snapshot) {
        var samples = durations.cumulative.map { bound, count in
            MetricSample(suffix: "_bucket", labels: [.init("le", "\(MetricValue.real(bound))")], .count(count))
        }
        samples.append(MetricSample(suffix: "_count", .count(durations.count)))
        samples.append(MetricSample(suffix: "_sum", .real(durations.seconds)))
        self.init(.histogram, name, help, .seconds, samples)
    }
}

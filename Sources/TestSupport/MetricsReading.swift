/// The numbers of an exposition of metrics, as a test looks for them.
public struct MetricsReading: Sendable {
    /// By the sample's name with its labels, as they are written.
    public let samples: [String: Double]
    /// The names of the families, in their order.
    public let families: [String]

    public init(_ text: String) {
        var samples: [String: Double] = [:], families: [String] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# TYPE ") { families.append(String(line.split(separator: " ")[2])) }
            guard !line.hasPrefix("#"), let space = line.lastIndex(of: " ") else { continue }
            samples[String(line[..<space])] = Double(line[line.index(after: space)...])
        }
        self.samples = samples
        self.families = families
    }

    public subscript(name: String) -> Double? { samples[name] }
}

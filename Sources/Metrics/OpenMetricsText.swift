/// Families of metrics as OpenMetrics text 1.0.
public struct OpenMetricsText: Sendable, Hashable {
    public static let contentType = "application/openmetrics-text; version=1.0.0; charset=utf-8"

    public private(set) var text = ""

    /// - Parameter families: each name once.
    public init(_ families: [MetricFamily]) {
        for family in families { append(family) }
        text += "# EOF\n"
    }

    private mutating func append(_ family: MetricFamily) {
        let name = family.name
        text += "# TYPE \(name) \(family.kind)\n"
        if let unit = family.unit { text += "# UNIT \(name) \(unit)\n" }
        text += "# HELP \(name) \(Self.escaped(family.help))\n"
        for sample in family.samples {
            text += name + sample.suffix
            if !sample.labels.isEmpty {
                let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
                text += "{\(labels.joined(separator: ","))}"
            }
            text += " \(sample.value)\n"
        }
    }

    /// A string as it stands between quotes, or in a line of help.
    private static func escaped(_ string: String) -> String {
        var result = ""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

import HTTP

/// The query of a URL.
package enum Query {
    package typealias Parameter = (name: String, value: String)

    /// With its question mark; "" without parameters.
    package static func text(_ parameters: [Parameter]) -> String {
        guard !parameters.isEmpty else { return "" }
        return "?"
            + parameters.map { "\(PercentEncoding.query($0.name))=\(PercentEncoding.query($0.value))" }
            .joined(separator: "&")
    }

    /// The values of a parameter that may be given several times.
    static func values(_ name: String, in query: [Parameter]) -> [String] {
        query.filter { $0.name == name }.map(\.value)
    }
}

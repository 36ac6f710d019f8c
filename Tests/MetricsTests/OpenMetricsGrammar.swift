/// The grammar of OpenMetrics text 1.0, as its ABNF has it, and the rules on order that it cannot say.
struct OpenMetricsGrammar {
    struct Violation: Error, CustomStringConvertible {
        let description: String
        init(_ what: String, _ line: String) { description = "\(what): '\(line)'" }
    }

    private static let name = "[a-zA-Z_:][a-zA-Z0-9_:]*"
    private static let escaped = #"(?:[^\n"\\]|\\[n"\\])*"#
    private static let label = "[a-zA-Z_][a-zA-Z0-9_]*=\"\(escaped)\""
    private static let number = #"(?:[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?[iI]nf|[nN]a[nN])"#

    private let descriptor: Regex<(Substring, Substring, Substring, Substring)>
    private let sample: Regex<(Substring, Substring, Substring?, Substring)>

    init() throws {
        descriptor = try Regex("# (TYPE|UNIT|HELP) (\(Self.name)) (\(Self.escaped))")
            .matchingSemantics(.unicodeScalar)
        sample = try Regex("(\(Self.name))(\\{\(Self.label)(?:,\(Self.label))*\\})? (\(Self.number))")
            .matchingSemantics(.unicodeScalar)
    }

    /// - Returns: the names of the families, in their order.
    @discardableResult func check(_ text: String) throws -> [String] {
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.suffix(2) == ["# EOF", ""] else { throw Violation("the end is not '# EOF'", lines.last ?? "") }
        lines.removeLast(2)
        var families: [String] = [], types: [String: String] = [:]
        for line in lines {
            if let match = line.wholeMatch(of: descriptor) {
                let family = String(match.2)
                if match.1 == "TYPE" {
                    guard types.updateValue(String(match.3), forKey: family) == nil else {
                        throw Violation("a family is there twice", line)
                    }
                    families.append(family)
                }
                guard families.last == family else { throw Violation("a family is torn apart", line) }
            } else if let match = line.wholeMatch(of: sample) {
                let family = families.last ?? ""
                guard Self.suffixes(types[family] ?? "").contains(where: { match.1 == family + $0 }) else {
                    throw Violation("not a sample of '\(family)'", line)
                }
            } else {
                throw Violation("the grammar has no such line", line)
            }
        }
        return families
    }

    private static func suffixes(_ type: String) -> [String] {
        switch type {
        case "counter": ["_total", "_created"]
        case "gauge", "unknown": [""]
        case "histogram": ["_bucket", "_count", "_sum", "_created"]
        case "info": ["_info"]
        default: []
        }
    }
}

internal import Platform

/// Labelled lines under a title.
struct Details {
    private(set) var text: String
    private static let labelWidth = 12

    init(_ title: String) { text = title.isEmpty ? "" : PrintableText.escaped(title) + "\n" }

    mutating func add(_ label: String, _ value: String?, indent: Int = 2) {
        guard let value else { return }
        let label = PrintableText.escaped(label)
        let padding = max(1, Self.labelWidth - DisplayWidth.of(label))
        text += String(repeating: " ", count: indent) + label + String(repeating: " ", count: padding)
        text += PrintableText.escaped(value) + "\n"
    }

    mutating func heading(_ label: String) { text += "  \(label)\n" }
}

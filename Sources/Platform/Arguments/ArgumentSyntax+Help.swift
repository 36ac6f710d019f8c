extension ArgumentSyntax {
    /// What `--help` prints.
    public func help(width: Int = 90) -> String {
        var text = TextWrapping.wrap("Usage: \(program)\(usage)", width: width, indent: 7 + program.count + 1) + "\n\n"
        text += TextWrapping.paragraphs(summary, width: width) + "\n"
        if !operands.isEmpty {
            text += "\nArguments:\n"
            text += TextWrapping.table(operands.map { ("  \($0.name)", $0.help) }, width: width)
        }
        text += "\nOptions:\n" + TextWrapping.table(options.map(row) + Self.standardRows, width: width)
        if !epilogue.isEmpty { text += "\n" + TextWrapping.paragraphs(epilogue, width: width) + "\n" }
        return text
    }

    private var usage: String {
        var text = " [OPTION…]"
        for operand in operands {
            let name = operand.count.upperBound > 1 ? operand.name + "…" : operand.name
            text += operand.count.lowerBound == 0 ? " [\(name)]" : " \(name)"
        }
        return text + (hasCommands ? " COMMAND …" : "")
    }

    private func row(_ option: any OptionDescription) -> (String, String) {
        var left = option.short.map { "  -\($0), " } ?? "      "
        left += "--\(option.name)" + (option.placeholder.map { " " + $0 } ?? "")
        var notes: [String] = []
        if option.isRepeatable { notes.append("may be repeated") }
        if let text = option.defaultText { notes.append("default: \(text)") }
        notes.append(option.environmentName)
        return (left, "\(option.help) [\(notes.joined(separator: "; "))]")
    }

    private static let standardRows = [
        ("  -h, --help", "print this and end"), ("      --version", "print the version and end"),
    ]
}

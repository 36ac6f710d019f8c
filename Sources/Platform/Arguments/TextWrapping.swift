/// Lines of a certain width, for help texts.
enum TextWrapping {
    /// One paragraph; lines after the first are indented.
    static func wrap(_ text: String, width: Int, indent: Int) -> String {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if line.isEmpty {
                line = String(word)
            } else if line.count + 1 + word.count <= width - (lines.isEmpty ? 0 : indent) {
                line += " " + word
            } else {
                lines.append(line)
                line = String(word)
            }
        }
        lines.append(line)
        return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
    }

    /// Each line a paragraph; those that start with a space stay as they are.
    static func paragraphs(_ text: String, width: Int) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix(" ") ? String($0) : wrap(String($0), width: width, indent: 0) }
            .joined(separator: "\n")
    }

    /// Two columns; a long text in the left one gets a line of its own.
    static func table(_ rows: [(String, String)], width: Int) -> String {
        let column = min(30, (rows.map(\.0.count).max() ?? 0) + 2)
        var text = ""
        for (left, right) in rows {
            let padding = left.count + 2 <= column ? String(repeating: " ", count: column - left.count) : nil
            text += left + (padding ?? "\n" + String(repeating: " ", count: column))
            text +=
                wrap(right, width: width - column, indent: 0)
                .replacing("\n", with: "\n" + String(repeating: " ", count: column)) + "\n"
        }
        return text
    }
}

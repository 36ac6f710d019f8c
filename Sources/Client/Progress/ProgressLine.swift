internal import Platform

/// The state of a download as one line of text.
struct ProgressLine {
    var title: String
    var held: Int64
    var total: Int64
    var rate: Double?
    var timeLeft: Double?

    /// For a terminal: with a bar, and no longer than `columns`.
    func bar(columns: Int) -> String {
        let fraction = total > 0 ? min(1, max(0, Double(held) / Double(total))) : 1
        let numbers = " \(percent) " + amounts(of: "/", " ")
        let room = columns - 1 - DisplayWidth.of(numbers)
        let barWidth = room >= 50 ? 20 : room >= 30 ? 10 : 0
        let filled = Int(saturating: (fraction * Double(barWidth)).rounded(.down))
        let bar =
            barWidth > 0
            ? " [" + String(repeating: "#", count: filled) + String(repeating: "-", count: barWidth - filled) + "]" : ""
        let title = HumanText.shortened(PrintableText.escaped(title), to: max(8, room - DisplayWidth.of(bar)))
        return HumanText.shortened(title + bar + numbers, to: max(8, columns - 1))
    }

    /// For a file or another program.
    var plain: String { "\(PrintableText.escaped(title)): \(percent), \(amounts(of: " of ", ", "))" }

    private var percent: String { HumanText.percent(held, of: total, isComplete: held >= total) }

    private func amounts(of: String, _ separator: String) -> String {
        var text = "\(HumanText.bytes(held))\(of)\(HumanText.bytes(total))"
        if let rate { text += "\(separator)\(HumanText.bytes(Int64(saturating: max(0, rate))))/s" }
        if let timeLeft { text += "\(separator)\(HumanText.span(seconds: timeLeft)) left" }
        return text
    }
}

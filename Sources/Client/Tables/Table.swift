internal import Catalogue
internal import Platform
internal import Wire

/// Text in columns, each as wide as its widest cell.
struct Table {
    enum Alignment { case left, right }

    private let headings: [String]
    private let alignments: [Alignment]
    private var rows: [[String]] = []

    init(_ columns: [(heading: String, alignment: Alignment)]) {
        headings = columns.map(\.heading)
        alignments = columns.map(\.alignment)
    }

    /// Adds a row; control characters in its cells are shown escaped.
    mutating func add(_ cells: [String]) { rows.append(cells.map(PrintableText.escaped)) }

    var text: String {
        let lines = [headings] + rows
        let widths = headings.indices.map { column in lines.map { DisplayWidth.of($0[column]) }.max() ?? 0 }
        return lines.map { cells in
            var line = ""
            for (column, cell) in cells.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - DisplayWidth.of(cell))
                line += (column > 0 ? "  " : "") + (alignments[column] == .left ? cell + padding : padding + cell)
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}

extension Table {
    /// `bpubsub list -l`
    static func datasets(_ listed: [ListedDataset]) -> Table {
        var table = Table([
            ("PATH", .left), ("SHAPE", .left), ("DTYPE", .left), ("SIZE", .right), ("MODIFIED (UTC)", .left),
            ("HELD", .right), ("FOLLOWED", .left),
        ])
        for entry in listed {
            let dataset = entry.dataset
            table.add([
                dataset.path.text, dataset.array.map { HumanText.shape($0.shape) } ?? "-",
                HumanText.shortened(dataset.array?.dtype ?? "-", to: 24), HumanText.bytes(dataset.size),
                HumanText.moment(dataset.modified),
                HumanText.percent(entry.held, of: dataset.size, isComplete: entry.complete),
                entry.followed ? "yes" : "-",
            ])
        }
        return table
    }
}

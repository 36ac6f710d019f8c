internal import Catalogue
internal import Platform

/// `bpubsub tree`
enum TreeCommand: Command {
    static let name = "tree"
    static let abstract = "print the datasets as a tree of groups and folders"
    static let operands: [any OperandDescription] = [CommandOperands.patterns]

    static func run(_ arguments: Arguments, _ context: CommandContext) async throws {
        var root = Node()
        let patterns = arguments[CommandOperands.patterns]
        let paths = try await context.subscriber.list(patterns)
        try await context.requireMatches(patterns, paths)
        for path in paths {
            root.add(path.utf8.split(separator: UInt8(ascii: "/"))[...])
        }
        for (name, node) in root.sorted {
            try context.output.print(PrintableText.escaped(name.text) + "\n")
            try node.print(indent: "", context.output)
        }
    }

    private struct Node {
        private var children: [ExactText: Node] = [:]

        mutating func add(_ names: ArraySlice<Substring.UTF8View>) {
            guard let first = names.first else { return }
            children[ExactText(String(decoding: first, as: UTF8.self)), default: Node()].add(names.dropFirst())
        }

        var sorted: [(key: ExactText, value: Node)] { children.sorted { $0.key < $1.key } }

        func print(indent: String, _ output: any TextOutput) throws {
            let sorted = sorted
            for (index, child) in sorted.enumerated() {
                let isLast = index + 1 == sorted.count
                try output.print("\(indent)\(isLast ? "└── " : "├── ")\(PrintableText.escaped(child.key.text))\n")
                try child.value.print(indent: indent + (isLast ? "    " : "│   "), output)
            }
        }
    }
}

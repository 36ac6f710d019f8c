internal import Catalogue
internal import Platform

/// `bpubsub tree`
enum TreeCommand: Command {
    static let name = "tree"
    static let abstract = "print the datasets as a tree of groups and folders"
    static let operands: [any OperandDescription] = [CommandOperands.patterns]

    static func run(_ arguments: Arguments, _ context: CommandContext) async throws {
        var root = Node()
        for path in try await context.subscriber.list(arguments[CommandOperands.patterns]) {
            root.add(path.split(separator: "/")[...])
        }
        for (name, node) in root.sorted {
            try context.output.print(PrintableText.escaped(name) + "\n")
            try node.print(indent: "", context.output)
        }
    }

    private struct Node {
        private var children: [String: Node] = [:]

        mutating func add(_ names: ArraySlice<Substring>) {
            guard let first = names.first else { return }
            children[String(first), default: Node()].add(names.dropFirst())
        }

        var sorted: [(key: String, value: Node)] {
            children.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        }

        func print(indent: String, _ output: any TextOutput) throws {
            let sorted = sorted
            for (index, child) in sorted.enumerated() {
                let isLast = index + 1 == sorted.count
                try output.print("\(indent)\(isLast ? "└── " : "├── ")\(PrintableText.escaped(child.key))\n")
                try child.value.print(indent: indent + (isLast ? "    " : "│   "), output)
            }
        }
    }
}

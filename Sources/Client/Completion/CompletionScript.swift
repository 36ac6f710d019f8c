internal import Platform

/// Scripts by which shells complete the program's command lines, made from the commands' own declarations.
struct CompletionScript {
    enum Shell: String, CaseIterable, Sendable { case bash, zsh, fish }

    struct CompletedCommand {
        let name: String
        let abstract: String
        let options: [(name: String, short: Character?, takesValue: Bool, help: String)]
        /// Whether its operands are paths of datasets.
        let takesPaths: Bool
    }

    let commands: [CompletedCommand]

    init(commands: [any Command.Type]) {
        self.commands = commands.map { command in
            CompletedCommand(
                name: command.name, abstract: command.abstract,
                options: command.syntax.options.map { ($0.name, $0.short, !$0.isFlag, $0.help) } + [
                    ("help", "h", false, "print help and end")
                ],
                takesPaths: command.operands.contains { ["PATH", "PATTERN"].contains($0.name) })
        }
    }

    func text(for shell: Shell) -> String {
        switch shell {
        case .bash: bash
        case .zsh: zsh
        case .fish: fish
        }
    }

    var names: String { commands.map(\.name).joined(separator: " ") }

    /// For a shell's single quotes.
    static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
}

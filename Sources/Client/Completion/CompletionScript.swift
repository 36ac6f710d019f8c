/// Scripts by which shells complete the program's command lines, made from what its commands declare.
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

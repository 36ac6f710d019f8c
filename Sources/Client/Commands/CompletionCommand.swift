internal import Platform

/// `bpubsub completion`
enum CompletionCommand: Command {
    static let name = "completion"
    static let abstract = "print a script that completes commands, options and paths in a shell"
    static let discussion = """
        bash: source <(bpubsub completion bash)
        zsh: source <(bpubsub completion zsh)
        fish: bpubsub completion fish | source
        """
    static let shell = Operand(
        "SHELL", help: "bash, zsh or fish",
        parse: OptionValue.choice(CompletionScript.Shell.allCases.map { ($0.rawValue, $0) }))
    static let operands: [any OperandDescription] = [shell]

    static func run(_ arguments: Arguments, _ context: CommandContext) async throws {
        let script = CompletionScript(commands: context.commands.map { .init($0) })
        try context.output.print(script.text(for: arguments[shell]))
    }
}

extension CompletionScript.CompletedCommand {
    fileprivate init(_ command: any Command.Type) {
        self.init(
            name: command.name, abstract: command.abstract,
            options: command.syntax.options.map { ($0.name, $0.short, !$0.isFlag, $0.help) } + [
                ("help", "h", false, "print help and end")
            ],
            takesPaths: command.operands.contains { ["PATH", "PATTERN"].contains($0.name) })
    }
}
